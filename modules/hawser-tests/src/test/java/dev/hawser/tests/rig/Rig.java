package dev.hawser.tests.rig;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.protocol.machine.ServerGroup;
import dev.hawser.time.SystemClock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// One world of a test: a clock that moves when the test says so, a backend's private key, and a
/// seeded generator.
public final class Rig {
    public static final long PROTOCOL_ID = 0x1122334455667788L;
    public static final NetAddress SERVER = NetAddress.parse("203.0.113.5:40000");
    public static final NetAddress CLIENT = NetAddress.parse("198.51.100.7:50001");
    public static final NetAddress STRANGER = NetAddress.parse("192.0.2.66:6666");

    /// When servers start, and how long before a test begins.
    public static final long EPOCH = 1_800_000_000;

    public static final int LIFETIME_SECONDS = 30;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Random random = new Random(1);
    private final PrivateKey privateKey = PrivateKey.random(random::nextBytes);
    private long nanos = 5_000_000_000L;
    private long unixSeconds = EPOCH;
    private long wallAheadSeconds;

    public long nanos() {
        return nanos;
    }

    public long unixSeconds() {
        return unixSeconds;
    }

    public PrivateKey privateKey() {
        return privateKey;
    }

    public void nextBytes(byte[] target) {
        random.nextBytes(target);
    }

    /// Moves the monotonic clock; Unix time stays.
    public void passNanos(long step) {
        nanos += step;
    }

    /// Moves the monotonic clock; Unix time stays.
    public void passMillis(long step) {
        passNanos(step * NANOS_PER_MILLI);
    }

    /// Moves both clocks.
    public void passSeconds(long step) {
        passMillis(step * 1000);
        unixSeconds += step;
    }

    /// Sets Unix time alone.
    public void setUnixSeconds(long time) {
        unixSeconds = time;
    }

    /// Steps the clock of the servers' machine alone.
    public void stepWallClock(long seconds) {
        wallAheadSeconds += seconds;
    }

    /// {@return what the clock of the servers' machine says}
    public long wallSeconds() {
        return unixSeconds + wallAheadSeconds;
    }

    /// {@return the configuration of a server that is called [#SERVER], with four slots}
    public ServerConfig.Builder config() {
        return config(SERVER);
    }

    /// {@return the configuration of a server with this identity and four slots}
    public ServerConfig.Builder config(NetAddress... identity) {
        return ServerConfig.builder(PROTOCOL_ID, privateKey, List.of(identity))
                .maxClients(4)
                .tokenHistoryMax(64);
    }

    /// {@return a group without members that remembers 64 tokens}
    public ServerGroup group() {
        return new ServerGroup(64, this::nextBytes);
    }

    /// {@return a server that started so long ago that it takes fresh tokens}
    public Host host() {
        return host(config -> config);
    }

    /// {@return a server that started so long ago that it takes fresh tokens}
    public Host host(UnaryOperator<ServerConfig.Builder> changes) {
        return longAgo(() -> start(changes));
    }

    /// {@return a server in a group, which started so long ago that it takes fresh tokens}
    public Host host(ServerGroup group, UnaryOperator<ServerConfig.Builder> changes) {
        return host(group, changes.apply(config()));
    }

    /// {@return a server in a group, which started so long ago that it takes fresh tokens}
    public Host host(ServerGroup group, ServerConfig.Builder config) {
        return longAgo(() -> new Host(this, config, this::nextBytes, group));
    }

    private Host longAgo(Supplier<Host> start) {
        long now = unixSeconds;
        unixSeconds = now - LIFETIME_SECONDS - 1;
        try {
            return start.get();
        } finally {
            unixSeconds = now;
        }
    }

    /// {@return a server that starts at this moment}
    public Host start(UnaryOperator<ServerConfig.Builder> changes) {
        return new Host(this, changes.apply(config()));
    }

    /// {@return a server that starts at this moment, with a clock that is corrected as that of its
    /// machine steps}
    public Host startCorrected(UnaryOperator<ServerConfig.Builder> changes) {
        InstantSource machine = () -> Instant.ofEpochSecond(wallSeconds());
        return new Host(
                this,
                changes.apply(config()),
                SystemClock.corrected(machine, this::nanos),
                this::nextBytes);
    }

    /// {@return a token of client 1 for [#SERVER], to be changed and minted}
    public TokenDraft token() {
        return new TokenDraft(this);
    }

    /// {@return a token of this client for [#SERVER]}
    public Token token(long clientId) {
        return token().clientId(clientId).mint();
    }

    /// {@return a hand-made client at [#CLIENT] with a token of client 1}
    public Peer peer() {
        return peer(token().mint(), CLIENT);
    }

    /// {@return a hand-made client}
    public Peer peer(Token token, NetAddress address) {
        return new Peer(token, address);
    }

    /// {@return one of our clients, which has not connected yet}
    public Guest guest() {
        return new Guest(this);
    }
}
