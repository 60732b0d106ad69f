package dev.hawser.protocol.token;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.UserData;
import java.util.ArrayList;
import java.util.List;

/// What a connect token is to say: for whom, for which servers, for how long. Immutable: start with
/// [#forClient], and each method gives a request that differs in one thing.
///
/// ```java
/// var request = TokenRequest.forClient(7).server(NetAddress.parse("203.0.113.5:40000"));
/// ```
///
/// A server has two addresses: the public one, which the client dials, and the internal one, by
/// which the server knows itself. They differ behind a NAT and in containers. Both lists name the
/// same servers in the same order, on which the sequences of packets rest.
///
/// @param clientId any 64 bits; a server has one client of an id at a time
/// @param publicServers the addresses that the client dials, in this order
/// @param internalServers the addresses by which the same servers know themselves
/// @param lifetimeSeconds how long the token lives, no more than the servers accept; negative: for
///   ever, which servers accept only when their limit is off
/// @param timeoutSeconds how long a side may hear nothing; zero or negative: for ever, for
///   development
/// @param userData for the server that the client connects to
/// @param statesReasons whether the client reads reasons in denied and disconnect packets
public record TokenRequest(
        long clientId,
        List<NetAddress> publicServers,
        List<NetAddress> internalServers,
        int lifetimeSeconds,
        int timeoutSeconds,
        UserData userData,
        boolean statesReasons) {
    /// The largest number of servers in a token.
    public static final int SERVERS_MAX = 32;

    /// How long a token lives unless said otherwise.
    public static final int LIFETIME_SECONDS_DEFAULT = 30;

    /// How long a side may hear nothing unless said otherwise.
    public static final int TIMEOUT_SECONDS_DEFAULT = 5;

    /// Copies the lists and checks them.
    ///
    /// @throws IllegalArgumentException when there are more than 32 servers, the two lists differ
    ///   in length, an address is `0.0.0.0` or `::` or has the port 0, or two servers have one
    ///   internal address: both would take the same place in the token, and seal different packets
    ///   under the same key and numbers
    public TokenRequest {
        publicServers = List.copyOf(publicServers);
        internalServers = List.copyOf(internalServers);
        if (publicServers.size() > SERVERS_MAX) {
            throw new IllegalArgumentException(
                    publicServers.size()
                            + " servers, but a connect token has room for "
                            + SERVERS_MAX
                            + ": choose the nearest");
        }
        if (publicServers.size() != internalServers.size()) {
            throw new IllegalArgumentException(
                    publicServers.size()
                            + " public and "
                            + internalServers.size()
                            + " internal servers, but both lists name the same servers in the same"
                            + " order: repeat the public address of a server that has one only");
        }
        publicServers.forEach(TokenRequest::checkDialled);
        internalServers.forEach(TokenRequest::checkDialled);
        for (int i = 1; i < internalServers.size(); i++) {
            for (int j = 0; j < i; j++) {
                checkDiffer(publicServers, internalServers, j, i);
            }
        }
    }

    private static void checkDialled(NetAddress server) {
        if (server.isUnspecified()) {
            throw new IllegalArgumentException(
                    "the server "
                            + server
                            + " is all addresses of its machine, which nobody can dial and no server"
                            + " knows itself by: name the one that clients reach it at");
        }
        if (server.port() == 0) {
            throw new IllegalArgumentException(
                    "the server "
                            + server
                            + " has port 0, which nobody can dial and no server listens on, but it"
                            + " must be from 1 to "
                            + NetAddress.PORT_MAX
                            + ": name the port that it has once it is bound");
        }
    }

    private static void checkDiffer(
            List<NetAddress> publicServers, List<NetAddress> internalServers, int i, int j) {
        NetAddress internal = internalServers.get(j);
        // By their numbers, as servers compare them: an IPv4 address may be written as IPv6.
        if (!PeerAddress.of(internalServers.get(i)).sameAs(PeerAddress.of(internal))) {
            return;
        }
        NetAddress one = publicServers.get(i);
        NetAddress other = publicServers.get(j);
        throw new IllegalArgumentException(
                one.equals(other)
                        ? "the server " + one + " is in the token twice: name it once"
                        : "the servers "
                                + one
                                + " and "
                                + other
                                + " both know themselves as "
                                + internal
                                + ", so they would seal packets with the same key under the same"
                                + " numbers: give each an identity of its own, or put only one of"
                                + " them into a token");
    }

    /// {@return a request that names no server yet, with a lifetime of 30 seconds and a timeout of
    /// 5}
    ///
    /// @param clientId any 64 bits; a server has one client of an id at a time
    public static TokenRequest forClient(long clientId) {
        return new TokenRequest(
                clientId,
                List.of(),
                List.of(),
                LIFETIME_SECONDS_DEFAULT,
                TIMEOUT_SECONDS_DEFAULT,
                UserData.EMPTY,
                false);
    }

    /// {@return this request with one server more, which knows itself by the address that the
    /// client dials}
    ///
    /// @throws IllegalArgumentException when 32 servers are there already, or this one, or the
    ///   address is `0.0.0.0` or `::` or has the port 0
    public TokenRequest server(NetAddress address) {
        return server(address, address);
    }

    /// {@return this request with one server more}
    ///
    /// @param publicAddress which the client dials
    /// @param internalAddress by which the server knows itself
    /// @throws IllegalArgumentException when 32 servers are there already, or one with this
    ///   internal address, or an address is `0.0.0.0` or `::` or has the port 0
    public TokenRequest server(NetAddress publicAddress, NetAddress internalAddress) {
        return new TokenRequest(
                clientId,
                append(publicServers, publicAddress),
                append(internalServers, internalAddress),
                lifetimeSeconds,
                timeoutSeconds,
                userData,
                statesReasons);
    }

    private static List<NetAddress> append(List<NetAddress> servers, NetAddress server) {
        List<NetAddress> longer = new ArrayList<>(servers);
        longer.add(server);
        return longer;
    }

    /// {@return this request with another lifetime of the token}
    ///
    /// @param seconds negative: for ever
    public TokenRequest lifetimeSeconds(int seconds) {
        return new TokenRequest(
                clientId,
                publicServers,
                internalServers,
                seconds,
                timeoutSeconds,
                userData,
                statesReasons);
    }

    /// {@return this request with another timeout of the connection}
    ///
    /// @param seconds zero or negative: for ever
    public TokenRequest timeoutSeconds(int seconds) {
        return new TokenRequest(
                clientId,
                publicServers,
                internalServers,
                lifetimeSeconds,
                seconds,
                userData,
                statesReasons);
    }

    /// {@return this request with other user data}
    public TokenRequest userData(UserData userData) {
        return new TokenRequest(
                clientId,
                publicServers,
                internalServers,
                lifetimeSeconds,
                timeoutSeconds,
                userData,
                statesReasons);
    }

    /// {@return this request for a client that reads reasons in denied and disconnect packets, or
    /// for one that does not}
    public TokenRequest statesReasons(boolean statesReasons) {
        return new TokenRequest(
                clientId,
                publicServers,
                internalServers,
                lifetimeSeconds,
                timeoutSeconds,
                userData,
                statesReasons);
    }
}
