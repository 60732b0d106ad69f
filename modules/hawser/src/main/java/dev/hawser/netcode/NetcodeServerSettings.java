package dev.hawser.netcode;

import dev.hawser.ConnectionRequestHandler;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.WallClock;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.spi.Payloads;
import dev.hawser.spi.ReceiveLimit;
import dev.hawser.time.SystemClock;
import dev.hawser.transport.Transport;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What a [NetcodeServer] was built with, complete and checked.
///
/// @param identity empty for the bound address
/// @param maxConnectTokenLifetime zero for no limit
/// @param pendingLimits null for the defaults of [ServerConfig]
/// @param requestHandler null where everybody with a valid token comes in
/// @param tokenHistoryMax null for the default of [ServerConfig]
record NetcodeServerSettings(
        Transport transport,
        long protocolId,
        KeyRing keyRing,
        List<NetAddress> identity,
        int maxClients,
        Duration maxConnectTokenLifetime,
        SameClient sameClient,
        @Nullable PendingLimits pendingLimits,
        @Nullable Integer tokenHistoryMax,
        int receiveQueueBytes,
        int packetsPerUpdateMax,
        ReceiveLimit receiveLimit,
        @Nullable ConnectionRequestHandler requestHandler,
        LongSupplier monotonicClock,
        WallClock wallClock,
        RandomBytes random,
        Logger logger) {
    /// What a client sends in a second, with its keep-alives.
    private static final int PACKETS_PER_UPDATE_PER_SLOT = 64;

    /// More than waits in a socket's buffer of the default size, whoever floods it.
    private static final int PACKETS_PER_UPDATE_MIN = 8192;

    /// {@return how many connects and disconnects may wait before no more packets are taken: every
    /// client may leave and another come, with room to spare}
    int eventsMax() {
        return 1024 + 4 * maxClients;
    }

    /// @param keyRing the present one, which may be another than at first
    ServerConfig.Builder config(List<NetAddress> identityAtStart, KeyRing keyRing) {
        ServerConfig.Builder config =
                ServerConfig.builder(protocolId, keyRing, identityAtStart)
                        .maxClients(maxClients)
                        .maxConnectTokenLifetimeSeconds((int) maxConnectTokenLifetime.toSeconds())
                        .sameClient(sameClient)
                        .clientsMayMove(transport.peersMayMove());
        if (pendingLimits != null) {
            pendingLimits.set(config);
        }
        if (tokenHistoryMax != null) {
            config.tokenHistoryMax(tokenHistoryMax);
        }
        return config;
    }

    /// How many connections may be in the making.
    record PendingLimits(int perAddress, int perNetwork, int total) {
        void set(ServerConfig.Builder config) {
            config.pendingLimits(perAddress, perNetwork, total);
        }
    }

    /// {@return the addresses by which tokens name a server that is bound here}
    ///
    /// @throws IllegalStateException when it is bound to all interfaces and was not told
    List<NetAddress> identityAt(NetAddress bound) {
        if (!identity.isEmpty()) {
            return identity.stream()
                    .map(own -> own.port() == 0 ? own.withPort(bound.port()) : own)
                    .toList();
        }
        if (bound.isUnspecified()) {
            throw new IllegalStateException(
                    "the server is bound to "
                            + bound
                            + ", all interfaces, but a connect token names one address: set"
                            + " identity(…) to the address that tokens list for this server, for"
                            + " example 203.0.113.5:"
                            + bound.port());
        }
        return List.of(bound);
    }

    /// What has been said so far; a builder fills it.
    static final class Draft {
        @Nullable Transport transport;
        @Nullable Long protocolId;
        @Nullable KeyRing keyRing;
        private List<NetAddress> identity = List.of();
        private int maxClients = ServerConfig.MAX_CLIENTS_DEFAULT;
        Duration maxConnectTokenLifetime =
                Duration.ofSeconds(ServerConfig.MAX_CONNECT_TOKEN_LIFETIME_SECONDS_DEFAULT);
        SameClient sameClient = SameClient.REFUSE;
        private @Nullable PendingLimits pendingLimits;
        private @Nullable Integer tokenHistoryMax;
        private int receiveQueueBytes;
        private int packetsPerUpdateMax;
        ReceiveLimit receiveLimit = ReceiveLimit.DEFAULT;
        @Nullable ConnectionRequestHandler requestHandler;
        LongSupplier monotonicClock = System::nanoTime;
        WallClock wallClock = SystemClock.WALL_CLOCK;
        RandomBytes random = SystemRandom.RANDOM;
        Logger logger = System.getLogger("dev.hawser");

        void setIdentity(List<NetAddress> addresses) {
            addresses.forEach(ServerConfig::checkIdentity);
            identity = List.copyOf(addresses);
        }

        void setMaxClients(int slots) {
            rangeChecks().maxClients(slots);
            maxClients = slots;
        }

        void setMaxConnectTokenLifetime(Duration lifetime) {
            if (lifetime.toSeconds() < 1 || lifetime.toSeconds() > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "maxConnectTokenLifetime is "
                                + lifetime
                                + ", but must be from 1 to "
                                + Integer.MAX_VALUE
                                + " seconds; to switch it off while developing, use"
                                + " maxConnectTokenLifetimeOff()");
            }
            maxConnectTokenLifetime = Duration.ofSeconds(lifetime.toSeconds());
        }

        void setPendingLimits(PendingLimits limits) {
            limits.set(rangeChecks());
            pendingLimits = limits;
        }

        void setTokenHistoryMax(int tokens) {
            rangeChecks().tokenHistoryMax(tokens);
            tokenHistoryMax = tokens;
        }

        /// {@return a configuration that is good for nothing but its range checks}
        private static ServerConfig.Builder rangeChecks() {
            return ServerConfig.builder(
                    0,
                    PrivateKey.ofBytes(new byte[PrivateKey.BYTES]),
                    List.of(NetAddress.ipv4(1, 1)));
        }

        void setReceiveQueueBytes(int bytes) {
            receiveQueueBytes = Payloads.checkQueue(bytes);
        }

        void setPacketsPerUpdateMax(int packets) {
            packetsPerUpdateMax = PacketLimits.checkPacketsPerUpdate(packets);
        }

        NetcodeServerSettings toSettings() {
            Transport transport = this.transport;
            Long protocolId = this.protocolId;
            KeyRing keyRing = this.keyRing;
            if (transport == null) {
                throw missing("transport", "for example UdpTransport.bind(address)");
            }
            if (protocolId == null) {
                throw missing("protocolId", "the number that game and backend agreed on");
            }
            if (keyRing == null) {
                throw missing("privateKey", "the one that the backend mints connect tokens with");
            }
            PacketLimits.checkCarriesRequests(transport);
            return new NetcodeServerSettings(
                    transport,
                    protocolId,
                    keyRing,
                    identity,
                    maxClients,
                    maxConnectTokenLifetime,
                    sameClient,
                    pendingLimits,
                    tokenHistoryMax,
                    receiveQueueBytes > 0 ? receiveQueueBytes : Payloads.queueBytes(maxClients),
                    packetsPerUpdateMax > 0
                            ? packetsPerUpdateMax
                            : packetsPerUpdateMaxFor(maxClients),
                    receiveLimit,
                    requestHandler,
                    monotonicClock,
                    wallClock,
                    random,
                    logger);
        }

        private static int packetsPerUpdateMaxFor(int slots) {
            return Math.max(PACKETS_PER_UPDATE_MIN, PACKETS_PER_UPDATE_PER_SLOT * slots);
        }

        private static IllegalStateException missing(String name, String what) {
            return new IllegalStateException(
                    "a server without " + name + ": set " + name + "(…), " + what);
        }
    }
}
