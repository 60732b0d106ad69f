package dev.hawser.benchmarks.chaos;

import dev.hawser.Authentication;
import dev.hawser.ClientId;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.Resume;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.online.token.TokenClient;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.TokenTag;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenSource;
import dev.hawser.transport.UdpTransport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What a player holds in the hand: it comes, stays for a while, leaves, and comes back by itself
/// when it is thrown out. For one thread.
final class Device implements AutoCloseable {
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long RETRY_NANOS = SECOND_NANOS / 2;

    /// So often a token is copied by somebody.
    private static final int THEFTS_ONE_IN = 8;

    private final String name;
    private final TokenClient tokens;
    private final NetcodeClient client;
    private final Random random;
    private final boolean isSecond;
    private final ByteBuffer payload = ByteBuffer.allocate(8);
    private volatile @Nullable Latest latest;
    private @Nullable TokenTag said;
    private int saidPort;
    private boolean isHere;
    private boolean wasConnected;
    private boolean wasResuming;
    private long nextChangeNanos;
    private long nextTryNanos;
    private long nextSendNanos;

    /// @param isSecond of a player who has another one, and is seldom at this
    Device(String name, boolean isSecond, TokenClient tokens, Random random, long nowNanos) {
        this.name = name;
        this.isSecond = isSecond;
        this.tokens = tokens;
        this.random = random;
        client =
                NetcodeClient.builder()
                        .transport(UdpTransport.anyPort())
                        .authentication(new Authentication.Backend(new WatchedTokens()))
                        .resume(Resume.within(Duration.ofSeconds(20)))
                        .build();
        nextChangeNanos = nowNanos + seconds(0, isSecond ? 20 : 10);
    }

    /// Of the token that came last, which is erased when it is used.
    private record Latest(TokenTag tag, long clientId) {}

    /// Sees what the device gets.
    private final class WatchedTokens implements TokenSource {
        @Override
        public CompletableFuture<FetchedToken> fetch() {
            return watched(tokens.fetch());
        }

        @Override
        public CompletableFuture<FetchedToken> fetch(TokenTag former) {
            return watched(tokens.fetch(former));
        }

        /// The future itself: the client cancels what it was given.
        private CompletableFuture<FetchedToken> watched(CompletableFuture<FetchedToken> future) {
            // A stage that nobody waits for: what fails, the client is told.
            var _ =
                    future.thenAccept(fetched -> {
                        latest = new Latest(fetched.token().tag(), fetched.clientId());
                        if (random.nextInt(THEFTS_ONE_IN) == 0) {
                            Players.say(
                                    "copied",
                                    "token=" + HexFormat.of().formatHex(fetched.token().toBytes()));
                        }
                    });
            return future;
        }
    }

    private long seconds(int from, int to) {
        return from * SECOND_NANOS + random.nextLong((to - from) * SECOND_NANOS);
    }

    void tick(long nowNanos) {
        if (nowNanos - nextChangeNanos >= 0) {
            change(nowNanos);
        }
        client.update();
        client.receive(_ -> {});
        if (isHere) {
            sayToken();
            look(nowNanos);
        }
    }

    private void change(long nowNanos) {
        if (isHere) {
            client.disconnect();
            leave(nowNanos, "left");
        } else {
            isHere = true;
            Players.say("wish", "dev=" + name);
            nextTryNanos = nowNanos + RETRY_NANOS;
            nextChangeNanos = nowNanos + (isSecond ? seconds(5, 15) : seconds(15, 90));
            client.connect();
        }
    }

    private void leave(long nowNanos, String why) {
        Players.say("leaves", "dev=" + name + " why=" + why);
        isHere = false;
        wasConnected = false;
        wasResuming = false;
        nextChangeNanos = nowNanos + (isSecond ? seconds(15, 40) : seconds(1, 6));
    }

    /// Says which token leaves by which port, before a server can have answered it.
    private void sayToken() {
        Latest token = latest;
        int port = client.localAddress().map(NetAddress::port).orElse(0);
        if (token == null || port == 0) {
            return;
        }
        TokenTag tag = token.tag();
        if (!tag.equals(said) || port != saidPort) {
            said = tag;
            saidPort = port;
            Players.say(
                    "using",
                    "dev="
                            + name
                            + " id="
                            + Long.toUnsignedString(token.clientId())
                            + " tag="
                            + tag
                            + " port="
                            + port);
        }
    }

    private void look(long nowNanos) {
        switch (client.state()) {
            case ConnectionState.Connected _ -> {
                if (!wasConnected) {
                    wasConnected = true;
                    wasResuming = false;
                    sayConnected();
                }
                if (nowNanos - nextSendNanos >= 0) {
                    nextSendNanos = nowNanos + SECOND_NANOS;
                    client.send(payload.clear());
                    client.flush();
                }
            }
            case ConnectionState.Resuming _ -> {
                if (!wasResuming) {
                    wasResuming = true;
                    wasConnected = false;
                    Players.say("resuming", "dev=" + name);
                }
            }
            case ConnectionState.Connecting _ -> {}
            case ConnectionState.Disconnected(DisconnectReason reason) -> ended(nowNanos, reason);
        }
    }

    private void sayConnected() {
        Players.say(
                "connected",
                "dev="
                        + name
                        + " id="
                        + client.id().map(ClientId::value).map(Long::toUnsignedString).orElse("")
                        + " tag="
                        + Objects.toString(said)
                        + " server="
                        + client.serverAddress().map(NetAddress::toString).orElse(""));
    }

    private void ended(long nowNanos, DisconnectReason reason) {
        if (wasConnected || wasResuming || nextTryNanos == 0) {
            Players.say("ended", "dev=" + name + " reason=" + word(reason));
            if (reason instanceof DisconnectReason.Replaced) {
                leave(nowNanos, "replaced");
                return;
            }
            nextTryNanos = nowNanos + RETRY_NANOS;
            wasConnected = false;
            wasResuming = false;
        }
        if (nowNanos - nextTryNanos >= 0) {
            Players.say("failed", "dev=" + name + " reason=" + word(reason));
            nextTryNanos = nowNanos + RETRY_NANOS;
            client.connect();
        }
    }

    private static String word(DisconnectReason reason) {
        return reason.toString().replace(' ', '_');
    }

    @Override
    public void close() {
        client.close();
        tokens.close();
    }
}
