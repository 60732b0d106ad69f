package dev.hawser.protocol.machine;

import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.SameClient;
import java.util.List;
import java.util.Objects;

/// How a server is set up. Immutable: [#builder].
public final class ServerConfig {
    /// The slots of a server that does not say how many.
    public static final int MAX_CLIENTS_DEFAULT = 256;

    /// The most slots a server can have.
    public static final int MAX_CLIENTS_LIMIT = 65_536;

    /// How long tokens may live at a server that does not say.
    public static final int MAX_CONNECT_TOKEN_LIFETIME_SECONDS_DEFAULT = 30;

    private static final int PENDING_PER_SLOT = 4;
    private static final int TOKEN_HISTORY_MIN_DEFAULT = 65_536;
    private static final int TOKEN_HISTORY_PER_SLOT = 16;

    private final long protocolId;
    private final KeyRing keyRing;
    private final List<NetAddress> identity;
    private final int maxClients;
    private final int maxConnectTokenLifetimeSeconds;
    private final SameClient sameClient;
    private final boolean asksAdmission;
    private final boolean clientsMayMove;
    private final int pendingPerAddressMax;
    private final int pendingPerNetworkMax;
    private final int pendingMax;
    private final int tokenHistoryMax;

    private ServerConfig(Builder builder) {
        protocolId = builder.protocolId;
        keyRing = builder.keyRing;
        identity = builder.identity;
        maxClients = builder.maxClients;
        maxConnectTokenLifetimeSeconds = builder.maxConnectTokenLifetimeSeconds;
        sameClient = builder.sameClient;
        asksAdmission = builder.asksAdmission;
        clientsMayMove = builder.clientsMayMove;
        pendingPerAddressMax = builder.pendingPerAddressMax;
        pendingPerNetworkMax = builder.pendingPerNetworkMax;
        pendingMax = builder.pendingMax > 0 ? builder.pendingMax : PENDING_PER_SLOT * maxClients;
        tokenHistoryMax =
                builder.tokenHistoryMax > 0
                        ? builder.tokenHistoryMax
                        : Math.max(TOKEN_HISTORY_MIN_DEFAULT, TOKEN_HISTORY_PER_SLOT * maxClients);
    }

    /// {@return a builder of the configuration of a server, with 256 slots and every default}
    ///
    /// @param protocolId 64 bits that tell this game, and this version of it, from every other
    /// @param privateKey shared with the backend that mints connect tokens
    /// @param identity the addresses by which connect tokens name this server, at least one; no two
    ///   servers share one
    /// @throws IllegalArgumentException when the identity is empty, or an address of it stands for
    ///   all interfaces
    public static Builder builder(
            long protocolId, PrivateKey privateKey, List<NetAddress> identity) {
        return builder(protocolId, KeyRing.of(privateKey), identity);
    }

    /// {@return a builder of the configuration of a server, with 256 slots and every default}
    ///
    /// @param protocolId 64 bits that tell this game, and this version of it, from every other
    /// @param keyRing the keys that the backend may have sealed connect tokens with
    /// @param identity the addresses by which connect tokens name this server, at least one; no two
    ///   servers share one
    /// @throws IllegalArgumentException when the identity is empty, or an address of it stands for
    ///   all interfaces or has the port 0
    public static Builder builder(long protocolId, KeyRing keyRing, List<NetAddress> identity) {
        if (identity.isEmpty()) {
            throw new IllegalArgumentException(
                    "a server without identity: name the addresses that connect tokens list for it");
        }
        identity.forEach(ServerConfig::checkIdentity);
        identity.forEach(ServerConfig::checkPort);
        return new Builder(protocolId, keyRing, identity);
    }

    /// Checks that an address can be the one by which connect tokens name a server, once it has a
    /// port.
    ///
    /// @throws IllegalArgumentException when it is `0.0.0.0` or `::`; the message says what to do
    public static void checkIdentity(NetAddress address) {
        if (address.isUnspecified()) {
            throw new IllegalArgumentException(
                    "the identity "
                            + address
                            + " is all interfaces, but a connect token names one address: set the"
                            + " one that tokens list for this server, for example 203.0.113.5:"
                            + (address.port() == 0 ? 40_000 : address.port()));
        }
    }

    private static void checkPort(NetAddress address) {
        if (address.port() == 0) {
            throw new IllegalArgumentException(
                    "the identity "
                            + address
                            + " has port 0, which no connect token names, but must have one from 1"
                            + " to "
                            + NetAddress.PORT_MAX
                            + ": set the port that the server is bound to");
        }
    }

    static int checkTokenHistoryMax(int tokens) {
        return inRange("tokenHistoryMax", tokens, 1, 1 << 24);
    }

    long protocolId() {
        return protocolId;
    }

    KeyRing keyRing() {
        return keyRing;
    }

    List<NetAddress> identity() {
        return identity;
    }

    int maxClients() {
        return maxClients;
    }

    int maxConnectTokenLifetimeSeconds() {
        return maxConnectTokenLifetimeSeconds;
    }

    SameClient sameClient() {
        return sameClient;
    }

    boolean asksAdmission() {
        return asksAdmission;
    }

    boolean clientsMayMove() {
        return clientsMayMove;
    }

    int pendingPerAddressMax() {
        return pendingPerAddressMax;
    }

    int pendingPerNetworkMax() {
        return pendingPerNetworkMax;
    }

    int pendingMax() {
        return pendingMax;
    }

    int tokenHistoryMax() {
        return tokenHistoryMax;
    }

    private static int inRange(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    name
                            + " is "
                            + value
                            + ", but must be from "
                            + min
                            + " to "
                            + max
                            + ": set one in that range, or none for the default");
        }
        return value;
    }

    /// Collects a configuration. Each method replaces what was set before and returns the builder.
    public static final class Builder {
        private final long protocolId;
        private final KeyRing keyRing;
        private final List<NetAddress> identity;
        private int maxClients = MAX_CLIENTS_DEFAULT;
        private int maxConnectTokenLifetimeSeconds = MAX_CONNECT_TOKEN_LIFETIME_SECONDS_DEFAULT;
        private SameClient sameClient = SameClient.REFUSE;
        private boolean asksAdmission;
        private boolean clientsMayMove = true;
        private int pendingPerAddressMax = 4;
        private int pendingPerNetworkMax = 64;
        private int pendingMax;
        private int tokenHistoryMax;

        private Builder(long protocolId, KeyRing keyRing, List<NetAddress> identity) {
            this.protocolId = protocolId;
            this.keyRing = Objects.requireNonNull(keyRing, "keyRing");
            this.identity = List.copyOf(identity);
        }

        /// Sets the number of slots, 1 to 65536.
        public Builder maxClients(int slots) {
            maxClients = inRange("maxClients", slots, 1, MAX_CLIENTS_LIMIT);
            return this;
        }

        /// Sets how long tokens may live. Those that live longer are refused, and so are those that
        /// could have been minted before the server started, since the memory of used tokens does
        /// not survive a restart. 0 switches both rules off, for development.
        public Builder maxConnectTokenLifetimeSeconds(int seconds) {
            maxConnectTokenLifetimeSeconds =
                    inRange("maxConnectTokenLifetimeSeconds", seconds, 0, Integer.MAX_VALUE);
            return this;
        }

        /// Sets what happens when a connected client id asks again.
        public Builder sameClient(SameClient policy) {
            sameClient = Objects.requireNonNull(policy, "sameClient");
            return this;
        }

        /// Sets whether the application admits each client ([ServerEvent.Requested]), or everybody
        /// with a valid token gets in.
        public Builder asksAdmission(boolean asks) {
            asksAdmission = asks;
            return this;
        }

        /// Sets whether clients whose token says so may change their address, true by default:
        /// false where the transport has paths of its own, so that its peers never do.
        public Builder clientsMayMove(boolean mayMove) {
            clientsMayMove = mayMove;
            return this;
        }

        /// Sets how many connections may be pending: of one address and port, of one IPv4 address
        /// or IPv6 /64, and in total. The defaults are 4, 64 and four for each slot.
        public Builder pendingLimits(int perAddress, int perNetwork, int total) {
            pendingPerAddressMax = inRange("pendingLimits per address", perAddress, 1, 64);
            pendingPerNetworkMax = inRange("pendingLimits per network", perNetwork, 1, 1 << 20);
            pendingMax = inRange("pendingLimits in total", total, 1, 1 << 20);
            return this;
        }

        /// Sets how many connect tokens are remembered until they expire; the default is the larger
        /// of 65,536 and 16 for each slot. A server in a [ServerGroup] has the group's memory
        /// instead.
        public Builder tokenHistoryMax(int tokens) {
            tokenHistoryMax = checkTokenHistoryMax(tokens);
            return this;
        }

        /// {@return the configuration}
        public ServerConfig build() {
            return new ServerConfig(this);
        }
    }
}
