package dev.hawser.online.token;

import dev.hawser.online.http.Answer;
import dev.hawser.online.http.BadAnswerException;
import dev.hawser.online.http.Json;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.InvalidConnectTokenException;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.WebUrls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the answer of the service to a request that it grants.
final class FetchedTokenReader {
    /// The last second of the year 9999: whatever is later is a mistake of units.
    private static final long UNIX_SECONDS_MAX = 253_402_300_799L;

    private static final int HASHES_MAX = 4 * TokenRequest.SERVERS_MAX;
    private static final Pattern HASH = Pattern.compile("[0-9a-fA-F]{64}");

    private @Nullable ConnectToken token;
    private @Nullable Long clientId;
    private @Nullable Long protocolId;
    private @Nullable Long expiresAt;
    private @Nullable Long serverTime;
    private @Nullable List<NetAddress> servers;
    private Map<NetAddress, WebUrls> web = Map.of();
    private List<String> webTransportCertificateHashes = List.of();

    private FetchedTokenReader() {}

    /// When the request went out and its answer was there, in Unix seconds of this machine.
    record Exchange(long sentAtSeconds, long receivedAtSeconds) {
        /// {@return how far this machine's clock is ahead, as far as the time on the way allows to
        /// tell}
        long skewSeconds(long serverTimeSeconds) {
            if (serverTimeSeconds > receivedAtSeconds) {
                return receivedAtSeconds - serverTimeSeconds;
            }
            return Math.max(0, sentAtSeconds - serverTimeSeconds);
        }
    }

    /// {@return the token and what was said about it}
    ///
    /// @param granted which the caller erases
    /// @param protocolIdWanted which the token must have, or empty
    /// @throws BadAnswerException when it is no such answer, or contradicts itself
    static FetchedToken read(Answer granted, OptionalLong protocolIdWanted, Exchange times)
            throws BadAnswerException {
        FetchedTokenReader answer = new FetchedTokenReader();
        boolean isGood = false;
        try {
            granted.read(answer::readMember);
            FetchedToken fetched = answer.fetched(times);
            checkProtocol(fetched.protocolId(), protocolIdWanted);
            isGood = true;
            return fetched;
        } finally {
            if (!isGood && answer.token != null) {
                answer.token.erase();
            }
        }
    }

    private void readMember(String name, Json value) throws IOException, BadAnswerException {
        switch (name) {
            case "token" -> token = token(value.base64(name));
            case "clientId" -> clientId = value.unsigned64(name);
            case "protocolId" -> protocolId = value.unsigned64(name);
            case "expiresAt" -> expiresAt = value.number(name, UNIX_SECONDS_MAX);
            case "serverTime" -> serverTime = value.number(name, UNIX_SECONDS_MAX);
            case "servers" -> servers = servers(value.texts(name, TokenRequest.SERVERS_MAX));
            case "web" -> web = web(value.objects(name, TokenRequest.SERVERS_MAX, WebEntry::new));
            case "webTransportCertificateHashes" ->
                    webTransportCertificateHashes = hashes(value.texts(name, HASHES_MAX));
            default -> {
                // A later version of the service may say more.
            }
        }
    }

    private static ConnectToken token(byte[] bytes) throws BadAnswerException {
        try {
            if (bytes.length != ConnectToken.BYTES) {
                throw new BadAnswerException(
                        "its token has "
                                + bytes.length
                                + " bytes, and a connect token has "
                                + ConnectToken.BYTES);
            }
            return ConnectToken.ofBytes(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static List<NetAddress> servers(List<String> texts) throws BadAnswerException {
        List<NetAddress> servers = new ArrayList<>();
        for (String text : texts) {
            servers.add(address("servers[" + servers.size() + "]", text));
        }
        return servers;
    }

    private static Map<NetAddress, WebUrls> web(List<WebEntry> entries) throws BadAnswerException {
        Map<NetAddress, WebUrls> web = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            String place = "web[" + i + "]";
            WebEntry entry = entries.get(i);
            NetAddress server =
                    address(place + ".server", present(entry.server, place + ".server"));
            WebUrls urls;
            try {
                urls = WebUrls.parse(entry.webTransport, entry.webSocket);
            } catch (IllegalArgumentException e) {
                throw new BadAnswerException("its " + place + " holds a URL of the wrong kind");
            }
            if (web.put(server, urls) != null) {
                throw new BadAnswerException("its " + place + ".server is there twice");
            }
        }
        return web;
    }

    private static NetAddress address(String place, String text) throws BadAnswerException {
        try {
            return NetAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new BadAnswerException("its " + place + " is no address");
        }
    }

    /// The members of an entry of `web`.
    private static final class WebEntry implements Json.Members {
        private @Nullable String server;
        private @Nullable String webTransport;
        private @Nullable String webSocket;

        @Override
        public void read(String name, Json value) throws IOException, BadAnswerException {
            switch (name) {
                case "server" -> server = value.text(name);
                case "webTransport" -> webTransport = value.text(name);
                case "webSocket" -> webSocket = value.text(name);
                default -> {
                    // A later version of the service may say more.
                }
            }
        }
    }

    private static List<String> hashes(List<String> texts) throws BadAnswerException {
        List<String> hashes = new ArrayList<>();
        for (String text : texts) {
            if (!HASH.matcher(text).matches()) {
                throw new BadAnswerException(
                        "its webTransportCertificateHashes["
                                + hashes.size()
                                + "] is no SHA-256 in 64 hexadecimal digits");
            }
            hashes.add(text.toLowerCase(Locale.ROOT));
        }
        return hashes;
    }

    private FetchedToken fetched(Exchange times) throws BadAnswerException {
        ConnectToken token = present(this.token, "token");
        long clientId = present(this.clientId, "clientId");
        long protocolId = present(this.protocolId, "protocolId");
        long expiresAt = present(this.expiresAt, "expiresAt");
        List<NetAddress> servers = present(this.servers, "servers");
        long serverTime = present(this.serverTime, "serverTime");
        if (!servers.containsAll(web.keySet())) {
            throw new BadAnswerException("its web names a server that is not among its servers");
        }
        FetchedToken.Builder fetched;
        try {
            fetched = FetchedToken.builder(token, clientId);
        } catch (InvalidConnectTokenException e) {
            throw new BadAnswerException("its token is none: " + e.getMessage());
        }
        checkAgreesWithToken(fetched.build(), protocolId, expiresAt, servers);
        return fetched.web(web)
                .webTransportCertificateHashes(webTransportCertificateHashes)
                .clockSkewSeconds(times.skewSeconds(serverTime))
                .build();
    }

    private static <T> T present(@Nullable T value, String name) throws BadAnswerException {
        if (value == null) {
            throw new BadAnswerException("its " + name + " is missing");
        }
        return value;
    }

    /// Readers of the answer and those who dial must mean the same.
    private static void checkAgreesWithToken(
            FetchedToken said, long protocolId, long expiresAt, List<NetAddress> servers)
            throws BadAnswerException {
        String differing =
                said.protocolId() != protocolId
                        ? "protocolId"
                        : said.expireTimestamp() != expiresAt
                                ? "expiresAt"
                                : said.servers().equals(servers) ? "" : "servers";
        if (!differing.isEmpty()) {
            throw new BadAnswerException("its " + differing + " is not what its token says");
        }
    }

    private static void checkProtocol(long protocolId, OptionalLong wanted)
            throws BadAnswerException {
        if (wanted.isPresent() && wanted.getAsLong() != protocolId) {
            throw new BadAnswerException(
                    "its token is for protocol id "
                            + Long.toUnsignedString(protocolId)
                            + " and this game speaks "
                            + Long.toUnsignedString(wanted.getAsLong()));
        }
    }
}
