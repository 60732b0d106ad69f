package dev.hawser.online.fleet;

import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.token.WebUrls;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// What a game server tells of itself when it starts and then again and again, as a heartbeat.
///
/// @param serverId names it, 1 to 64 letters, digits, `-`, `_` and `.`; another announcement of the
///   same name replaces this one
/// @param publicAddress which clients dial
/// @param internalAddress by which the server knows itself (its identity); often the same
/// @param region where it is, in words of the operator's choice, up to 64 characters; empty for
///   anywhere
/// @param protocolId of the game and its version
/// @param maxClients its slots, 1 to 65536
/// @param freeSlots how many of them are free at this moment, 0 to `maxClients`
/// @param keyIds the private keys that it holds, newest first, 1 to 4, each once
/// @param maxConnectTokenLifetimeSeconds the server refuses tokens that live longer than this, so a
///   service that mints such tokens must not send players to it; 0 when it accepts any
/// @param webTransportCertificateHashes SHA-256 hashes of the certificates that browsers are to
///   accept, as 64 hexadecimal digits each, up to 8; empty where it takes no browsers, or where an
///   authority vouches for it
/// @param web where browsers reach it; [WebUrls#NONE] where it takes none
/// @param connectedSince ids of the clients that have connected since the last announcement, up to
///   65536: the slots that were reserved for them are counted in `freeSlots` from now on; others
///   that are connected may be among them, which a service that has started anew does not know
/// @param disconnectedSince ids of the clients whose connection has ended since the last
///   announcement and that have not come back, up to 65536: whoever is connected can be sent back
///   to a server that is full with his own connection
public record ServerAnnouncement(
        String serverId,
        NetAddress publicAddress,
        NetAddress internalAddress,
        String region,
        long protocolId,
        int maxClients,
        int freeSlots,
        List<KeyId> keyIds,
        int maxConnectTokenLifetimeSeconds,
        List<String> webTransportCertificateHashes,
        WebUrls web,
        Set<Long> connectedSince,
        Set<Long> disconnectedSince) {
    /// The longest name of a server or a region.
    public static final int NAME_LENGTH_MAX = 64;

    /// The most clients that one announcement says have connected, and have left.
    public static final int CONNECTED_MAX = 65536;

    private static final int HASH_DIGITS = 64;

    private static final Pattern SERVER_ID =
            Pattern.compile("[A-Za-z0-9_.-]{1," + NAME_LENGTH_MAX + "}");

    /// Copies the collections.
    ///
    /// @throws IllegalArgumentException when anything is outside its limits; the message begins
    ///   with the name of what is wrong
    public ServerAnnouncement {
        keyIds = List.copyOf(keyIds);
        webTransportCertificateHashes = List.copyOf(webTransportCertificateHashes);
        connectedSince = Set.copyOf(connectedSince);
        disconnectedSince = Set.copyOf(disconnectedSince);
        if (!SERVER_ID.matcher(serverId).matches()) {
            throw new IllegalArgumentException(
                    "serverId has "
                            + serverId.length()
                            + " characters, but must be 1 to "
                            + NAME_LENGTH_MAX
                            + " letters, digits, '-', '_' and '.'");
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

    /// An announcement of a server that nobody has left.
    ///
    /// @throws IllegalArgumentException when anything is outside its limits; the message begins
    ///   with the name of what is wrong
    public ServerAnnouncement(
            String serverId,
            NetAddress publicAddress,
            NetAddress internalAddress,
            String region,
            long protocolId,
            int maxClients,
            int freeSlots,
            List<KeyId> keyIds,
            int maxConnectTokenLifetimeSeconds,
            List<String> webTransportCertificateHashes,
            WebUrls web,
            Set<Long> connectedSince) {
        this(
                serverId,
                publicAddress,
                internalAddress,
                region,
                protocolId,
                maxClients,
                freeSlots,
                keyIds,
                maxConnectTokenLifetimeSeconds,
                webTransportCertificateHashes,
                web,
                connectedSince,
                Set.of());
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
                    what + " is " + value + ", but must be from " + min + " to " + max);
        }
    }
}
