package dev.hawser.online.token;

import com.sun.net.httpserver.HttpExchange;
import dev.hawser.online.http.TestService;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// What a token service answers that grants a token, as members that a test may change.
public final class Granted {
    /// Of its tokens.
    public static final long PROTOCOL_ID = 0x8000_0000_0000_0001L;

    /// Of its tokens.
    public static final long CLIENT_ID = 0xffff_ffff_ffff_fff0L;

    private final Map<String, String> members = new LinkedHashMap<>();

    /// A token for one server, by a key of its own.
    public Granted() {
        this(
                PrivateKey.random(new SecureRandom()::nextBytes),
                NetAddress.parse("203.0.113.5:7777"),
                Instant.now().getEpochSecond());
    }

    /// A token for this server.
    ///
    /// @param now Unix time of the service, in seconds
    public Granted(PrivateKey key, NetAddress server, long now) {
        ConnectToken token =
                new TokenMint(key, PROTOCOL_ID, new SecureRandom()::nextBytes, () -> now)
                        .mint(TokenRequest.builder(CLIENT_ID).server(server).build());
        with("token", quoted(Base64.getEncoder().encodeToString(token.toBytes())));
        with("clientId", quoted(Long.toUnsignedString(CLIENT_ID)));
        with("protocolId", quoted(Long.toUnsignedString(PROTOCOL_ID)));
        with("expiresAt", String.valueOf(token.info().expireTimestamp()));
        with("serverTime", String.valueOf(now));
        with("servers", "[\"" + server + "\"]");
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    /// Sets a member.
    public Granted with(String name, String json) {
        members.put(name, json);
        return this;
    }

    /// Leaves a member out.
    public Granted without(String name) {
        members.remove(name);
        return this;
    }

    /// {@return the token, as it is in the answer}
    public String token() {
        return members.get("token");
    }

    /// Sends it.
    public void send(HttpExchange exchange) throws IOException {
        TestService.answer(exchange, 200, "application/json", toString());
    }

    @Override
    public String toString() {
        return members.entrySet().stream()
                .map(member -> quoted(member.getKey()) + ": " + member.getValue())
                .collect(Collectors.joining(", ", "{", "}"));
    }
}
