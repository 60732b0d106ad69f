package dev.hawser.online.fleet;

import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.token.WebUrls;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a game server tells of itself when it starts and then again and again, as a heartbeat.
///
/// It will say more in later versions, so it is made by a [#builder()], which has a default for
/// whatever a server may leave out.
public final class ServerAnnouncement {
    /// The longest name of a server or a region.
    public static final int NAME_LENGTH_MAX = 64;

    /// The most clients that one announcement says have connected, and have left.
    public static final int CONNECTED_MAX = 65536;

    private static final int HASH_DIGITS = 64;

    private static final Pattern SERVER_ID =
            Pattern.compile("[A-Za-z0-9_.-]{1," + NAME_LENGTH_MAX + "}");

    private static final Pattern START_ID = Pattern.compile("(?:[0-9a-f]{32})?");

    private final String serverId;
    private final String startId;
    private final long sequence;
    private final NetAddress publicAddress;
    private final NetAddress internalAddress;
    private final String region;
    private final long protocolId;
    private final int maxClients;
    private final int freeSlots;
    private final List<KeyId> keyIds;
    private final int maxConnectTokenLifetimeSeconds;
    private final List<String> webTransportCertificateHashes;
    private final WebUrls web;
    private final boolean isDraining;
    private final Set<Long> connectedSince;
    private final Set<Long> disconnectedSince;

    private ServerAnnouncement(Builder builder) {
        serverId = builder.serverId;
        startId = builder.startId;
        sequence = builder.sequence;
        publicAddress = set("publicAddress", builder.publicAddress);
        internalAddress = builder.internalAddress == null ? publicAddress : builder.internalAddress;
        region = builder.region;
        protocolId = set("protocolId", builder.protocolId);
        maxClients = builder.maxClients;
        freeSlots = builder.freeSlots == null ? maxClients : builder.freeSlots;
        keyIds = builder.keyIds;
        maxConnectTokenLifetimeSeconds = builder.maxConnectTokenLifetimeSeconds;
        webTransportCertificateHashes = builder.webTransportCertificateHashes;
        web = builder.web;
        isDraining = builder.isDraining;
        connectedSince = builder.connectedSince;
        disconnectedSince = builder.disconnectedSince;
        if (!SERVER_ID.matcher(serverId).matches()) {
            throw new IllegalArgumentException(
                    "serverId has "
                            + serverId.length()
                            + " characters, but must be 1 to "
                            + NAME_LENGTH_MAX
                            + " letters, digits, '-', '_' and '.'");
        }
        if (!START_ID.matcher(startId).matches()) {
            throw new IllegalArgumentException(
                    "startId has "
                            + startId.length()
                            + " characters, but must be 32 lower-case hexadecimal digits, or empty");
        }
        if (sequence < 0) {
            throw new IllegalArgumentException(
                    "sequence is " + sequence + ", but must be 1 for the first announcement, or 0");
        }
        checkAddress("publicAddress", publicAddress);
        checkAddress("internalAddress", internalAddress);
        checkRegion(region);
        check("maxClients", maxClients, 1, ServerConfig.MAX_CLIENTS_LIMIT);
        check("freeSlots", freeSlots, 0, maxClients);
        checkKeyIds(keyIds);
        check(
                "maxConnectTokenLifetimeSeconds",
                maxConnectTokenLifetimeSeconds,
                0,
                Integer.MAX_VALUE);
        check(
                "the number of webTransportCertificateHashes",
                webTransportCertificateHashes.size(),
                0,
                WebUrls.CERTIFICATES_MAX);
        webTransportCertificateHashes.forEach(ServerAnnouncement::checkHash);
        check("the number of connectedSince", connectedSince.size(), 0, CONNECTED_MAX);
        check("the number of disconnectedSince", disconnectedSince.size(), 0, CONNECTED_MAX);
    }

    private static <T> T set(String name, @Nullable T value) {
        if (value == null) {
            throw new IllegalStateException(
                    "the announcement has no " + name + ": set it with " + name + "(…)");
        }
        return value;
    }

    /// {@return a builder, which needs server id, public address, protocol id, slots and key ids}
    public static Builder builder() {
        return new Builder();
    }

    /// {@return the name of the server; another announcement of the same name replaces this one}
    public String serverId() {
        return serverId;
    }

    /// {@return which start of the server it is, 32 lower-case hexadecimal digits drawn at random;
    /// empty where it does not say, as for servers that are configured}
    public String startId() {
        return startId;
    }

    /// {@return the number of this announcement among those of its start, from 1: an older one
    /// changes nothing; 0 where it does not say, and then the last to arrive counts}
    public long sequence() {
        return sequence;
    }

    /// {@return the address that clients dial}
    public NetAddress publicAddress() {
        return publicAddress;
    }

    /// {@return the address by which the server knows itself (its identity); often the same}
    public NetAddress internalAddress() {
        return internalAddress;
    }

    /// {@return where it is, in words of the operator's choice; empty for anywhere}
    public String region() {
        return region;
    }

    /// {@return the protocol id of the game and its version, unsigned}
    public long protocolId() {
        return protocolId;
    }

    /// {@return its slots, 1 to 65536}
    public int maxClients() {
        return maxClients;
    }

    /// {@return how many of them are free at this moment}
    public int freeSlots() {
        return freeSlots;
    }

    /// {@return the private keys that it holds, newest first, 1 to 4, each once}
    public List<KeyId> keyIds() {
        return keyIds;
    }

    /// {@return the longest lifetime of a token that the server accepts, so a service that mints
    /// tokens which live longer must not send players to it; 0 when it accepts any}
    public int maxConnectTokenLifetimeSeconds() {
        return maxConnectTokenLifetimeSeconds;
    }

    /// {@return SHA-256 hashes of the certificates that browsers are to accept, as 64 hexadecimal
    /// digits each, up to 8; empty where it takes no browsers, or where an authority vouches for
    /// it}
    public List<String> webTransportCertificateHashes() {
        return webTransportCertificateHashes;
    }

    /// {@return where browsers reach it; [WebUrls#NONE] where it takes none}
    public WebUrls web() {
        return web;
    }

    /// {@return whether it takes no newcomers any more, and waits for its last players to go} It is
    /// offered to nobody, but to players who go on with a connection there.
    public boolean isDraining() {
        return isDraining;
    }

    /// {@return ids of the clients that have connected since the last announcement: the slots that
    /// were reserved for them are counted in [#freeSlots()] from now on; others that are connected
    /// may be among them, which a service that has started anew does not know}
    public Set<Long> connectedSince() {
        return connectedSince;
    }

    /// {@return ids of the clients whose connection has ended since the last announcement and that
    /// have not come back: a client that is connected can be sent back to a server that is full
    /// with its own connection}
    public Set<Long> disconnectedSince() {
        return disconnectedSince;
    }

    @Override
    public String toString() {
        return "ServerAnnouncement["
                + serverId
                + " at "
                + publicAddress
                + ", "
                + freeSlots
                + " of "
                + maxClients
                + " slots free]";
    }

    /// Does nothing when a server can be dialled at an address, or know itself by it.
    ///
    /// @param what the address is, with which the message begins
    /// @throws IllegalArgumentException when it is `0.0.0.0` or `::`, or has the port 0
    public static void checkAddress(String what, NetAddress address) {
        if (address.isUnspecified()) {
            throw new IllegalArgumentException(
                    what
                            + " is "
                            + address
                            + ", all interfaces of a machine, but must be the one address by which"
                            + " clients reach the server");
        }
        if (address.port() == 0) {
            throw new IllegalArgumentException(
                    what
                            + " is "
                            + address
                            + " with port 0, which nobody can dial, but its port must be from 1 to "
                            + NetAddress.PORT_MAX
                            + ": the one that the server has once it is bound");
        }
    }

    /// Does nothing when this can be the name of a region.
    ///
    /// @throws IllegalArgumentException when it is longer than 64 characters or has some that do
    ///   not print
    public static void checkRegion(String region) {
        if (region.length() > NAME_LENGTH_MAX || region.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "region has "
                            + region.length()
                            + " characters, but must be 0 to "
                            + NAME_LENGTH_MAX
                            + " that print");
        }
    }

    /// Does nothing when these can be the keys that somebody holds.
    ///
    /// @throws IllegalArgumentException when they are none, more than a ring has, or one is there
    ///   twice
    public static void checkKeyIds(List<KeyId> keyIds) {
        check("the number of keyIds", keyIds.size(), 1, KeyRing.KEYS_MAX);
        if (keyIds.stream().distinct().count() != keyIds.size()) {
            throw new IllegalArgumentException(
                    "keyIds are " + keyIds + ", but each must be there once");
        }
    }

    private static void checkHash(String hash) {
        if (hash.length() != HASH_DIGITS || !hash.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException(
                    "webTransportCertificateHashes has one of "
                            + hash.length()
                            + " characters, but a SHA-256 is "
                            + HASH_DIGITS
                            + " hexadecimal digits");
        }
    }

    private static void check(String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    what
                            + " is "
                            + value
                            + ", but must be from "
                            + min
                            + " to "
                            + max
                            + ": announce what the server says of itself");
        }
    }

    /// What a [ServerAnnouncement] says. Each method replaces what was set before and returns the
    /// builder; values are checked when it is built. For one thread.
    public static final class Builder {
        private String serverId = "";
        private @Nullable NetAddress publicAddress;
        private @Nullable NetAddress internalAddress;
        private String region = "";
        private @Nullable Long protocolId;
        private int maxClients;
        private @Nullable Integer freeSlots;
        private List<KeyId> keyIds = List.of();
        private int maxConnectTokenLifetimeSeconds;
        private List<String> webTransportCertificateHashes = List.of();
        private WebUrls web = WebUrls.NONE;
        private String startId = "";
        private long sequence;
        private boolean isDraining;
        private Set<Long> connectedSince = Set.of();
        private Set<Long> disconnectedSince = Set.of();

        private Builder() {}

        /// Sets the name of the server: 1 to 64 letters, digits, `-`, `_` and `.`.
        public Builder serverId(String name) {
            serverId = Objects.requireNonNull(name, "serverId");
            return this;
        }

        /// Sets the address that clients dial: not `0.0.0.0` or `::`, and with a port.
        public Builder publicAddress(NetAddress address) {
            publicAddress = Objects.requireNonNull(address, "publicAddress");
            return this;
        }

        /// Sets the address by which the server knows itself, with the same limits; by default the
        /// public one.
        public Builder internalAddress(NetAddress address) {
            internalAddress = Objects.requireNonNull(address, "internalAddress");
            return this;
        }

        /// Sets where the server is: up to 64 characters that print; by default anywhere.
        public Builder region(String region) {
            this.region = Objects.requireNonNull(region, "region");
            return this;
        }

        /// Sets the protocol id of the game and its version, unsigned.
        public Builder protocolId(long protocolId) {
            this.protocolId = protocolId;
            return this;
        }

        /// Sets the number of slots, 1 to 65536.
        public Builder maxClients(int maxClients) {
            this.maxClients = maxClients;
            return this;
        }

        /// Sets how many slots are free, 0 to the number of slots; by default all.
        public Builder freeSlots(int freeSlots) {
            this.freeSlots = freeSlots;
            return this;
        }

        /// Sets the private keys that the server holds, newest first: 1 to 4, each once.
        public Builder keyIds(List<KeyId> keyIds) {
            this.keyIds = List.copyOf(keyIds);
            return this;
        }

        /// Sets the longest lifetime of a token that the server accepts; by default 0, for any.
        public Builder maxConnectTokenLifetimeSeconds(int seconds) {
            maxConnectTokenLifetimeSeconds = seconds;
            return this;
        }

        /// Sets the SHA-256 hashes of the certificates that browsers are to accept: up to
        /// [WebUrls#CERTIFICATES_MAX], 64 hexadecimal digits each; by default none.
        public Builder webTransportCertificateHashes(List<String> hashes) {
            webTransportCertificateHashes = List.copyOf(hashes);
            return this;
        }

        /// Sets where browsers reach the server; by default nowhere.
        public Builder web(WebUrls web) {
            this.web = Objects.requireNonNull(web, "web");
            return this;
        }

        /// Sets whether it takes no newcomers any more; by default it does.
        public Builder draining(boolean isDraining) {
            this.isDraining = isDraining;
            return this;
        }

        /// Sets which start of the server it is, as [ServerAnnouncement#startId()]; empty by
        /// default.
        public Builder startId(String startId) {
            this.startId = Objects.requireNonNull(startId, "startId");
            return this;
        }

        /// Sets the number of the announcement, as [ServerAnnouncement#sequence()]; 0 by default.
        public Builder sequence(long sequence) {
            this.sequence = sequence;
            return this;
        }

        /// Sets the ids of the clients that have connected since the last announcement, up to
        /// [ServerAnnouncement#CONNECTED_MAX]; by default none.
        public Builder connectedSince(Set<Long> clientIds) {
            connectedSince = Set.copyOf(clientIds);
            return this;
        }

        /// Sets the ids of the clients that have left since the last announcement, up to
        /// [ServerAnnouncement#CONNECTED_MAX]; by default none.
        public Builder disconnectedSince(Set<Long> clientIds) {
            disconnectedSince = Set.copyOf(clientIds);
            return this;
        }

        /// {@return the announcement}
        ///
        /// @throws IllegalStateException when public address or protocol id are not set
        /// @throws IllegalArgumentException when anything is outside its limits; the message begins
        ///   with the name of what is wrong
        public ServerAnnouncement build() {
            return new ServerAnnouncement(this);
        }
    }
}
