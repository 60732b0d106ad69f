package dev.hawser.protocol.token;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UserData;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What a connect token is to say: for whom, for which servers, for how long. Immutable.
///
/// ```java
/// var request = TokenRequest.builder(7).server(NetAddress.parse("203.0.113.5:40000")).build();
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
/// @param survivesMoves whether the connection goes on when the address of the client changes
/// @param resumes the token of the connection that this one goes on with
public record TokenRequest(
        long clientId,
        List<NetAddress> publicServers,
        List<NetAddress> internalServers,
        int lifetimeSeconds,
        int timeoutSeconds,
        UserData userData,
        boolean statesReasons,
        boolean survivesMoves,
        Optional<TokenTag> resumes) {
    /// The largest number of servers in a token.
    public static final int SERVERS_MAX = 32;

    /// How long a token lives unless said otherwise.
    public static final int LIFETIME_SECONDS_DEFAULT = 30;

    /// How long a side may hear nothing unless said otherwise.
    public static final int TIMEOUT_SECONDS_DEFAULT = 5;

    /// Copies the lists and checks them.
    ///
    /// @throws IllegalArgumentException when there is no server or more than 32, the two lists
    ///   differ in length, an address is `0.0.0.0` or `::` or has the port 0, or two servers have
    ///   one internal address: both would take the same place in the token, and seal different
    ///   packets under the same key and numbers
    public TokenRequest {
        publicServers = List.copyOf(publicServers);
        internalServers = List.copyOf(internalServers);
        Objects.requireNonNull(userData, "userData");
        Objects.requireNonNull(resumes, "resumes");
        if (publicServers.isEmpty()) {
            throw new IllegalArgumentException(
                    "0 servers, but a connect token names 1 to "
                            + SERVERS_MAX
                            + ": add those that the client may dial with server(…)");
        }
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

    /// Does nothing when a connect token can name this address.
    ///
    /// @throws IllegalArgumentException when it is `0.0.0.0` or `::`, or has the port 0; the
    ///   message says what to do
    public static void checkDialled(NetAddress server) {
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

    /// {@return a builder of a request that names no server yet, with a lifetime of 30 seconds and
    /// a timeout of 5}
    ///
    /// @param clientId any 64 bits; a server has one client of an id at a time
    public static Builder builder(long clientId) {
        return new Builder(clientId);
    }

    /// {@return a builder that has what this request says}
    public Builder toBuilder() {
        Builder builder =
                new Builder(clientId)
                        .lifetimeSeconds(lifetimeSeconds)
                        .timeoutSeconds(timeoutSeconds)
                        .userData(userData)
                        .statesReasons(statesReasons)
                        .survivesMoves(survivesMoves);
        resumes.ifPresent(builder::resumes);
        builder.publicServers.addAll(publicServers);
        builder.internalServers.addAll(internalServers);
        return builder;
    }

    /// Collects a request. Each method but `server` replaces what was set before; all return the
    /// builder.
    public static final class Builder {
        private final long clientId;
        private final List<NetAddress> publicServers = new ArrayList<>();
        private final List<NetAddress> internalServers = new ArrayList<>();
        private int lifetimeSeconds = LIFETIME_SECONDS_DEFAULT;
        private int timeoutSeconds = TIMEOUT_SECONDS_DEFAULT;
        private UserData userData = UserData.EMPTY;
        private boolean statesReasons;
        private boolean survivesMoves;
        private Optional<TokenTag> resumes = Optional.empty();

        private Builder(long clientId) {
            this.clientId = clientId;
        }

        /// Adds a server that knows itself by the address that the client dials.
        ///
        /// @throws IllegalArgumentException when it is `0.0.0.0` or `::` or has the port 0
        public Builder server(NetAddress address) {
            return server(address, address);
        }

        /// Adds a server.
        ///
        /// @param publicAddress which the client dials
        /// @param internalAddress by which the server knows itself
        /// @throws IllegalArgumentException when one is `0.0.0.0` or `::` or has the port 0
        public Builder server(NetAddress publicAddress, NetAddress internalAddress) {
            checkDialled(publicAddress);
            checkDialled(internalAddress);
            publicServers.add(publicAddress);
            internalServers.add(internalAddress);
            return this;
        }

        /// Sets how long the token lives, 30 by default; negative: for ever.
        public Builder lifetimeSeconds(int seconds) {
            lifetimeSeconds = seconds;
            return this;
        }

        /// Sets how long a side may hear nothing, 5 by default; zero or negative: for ever.
        public Builder timeoutSeconds(int seconds) {
            timeoutSeconds = seconds;
            return this;
        }

        /// Sets what the server gets to know of the client, zeros by default.
        public Builder userData(UserData userData) {
            this.userData = Objects.requireNonNull(userData, "userData");
            return this;
        }

        /// Sets whether the client reads reasons in denied and disconnect packets; false by
        /// default.
        public Builder statesReasons(boolean statesReasons) {
            this.statesReasons = statesReasons;
            return this;
        }

        /// Sets whether the connection goes on when the address of the client changes, between two
        /// Hawser peers; false by default. Both then measure round trip and loss too, and the
        /// server says when it no longer has the connection.
        public Builder survivesMoves(boolean survivesMoves) {
            this.survivesMoves = survivesMoves;
            return this;
        }

        /// Sets which connection this one goes on with, none by default: at a server that still has
        /// it, with its slot, for the same client.
        ///
        /// @param former the tag of the token that the client was connected with
        public Builder resumes(TokenTag former) {
            resumes = Optional.of(former);
            return this;
        }

        /// {@return the request}
        ///
        /// @throws IllegalArgumentException when there is no server or more than 32, two of them
        ///   have one internal address, or an address is `0.0.0.0` or `::` or has the port 0
        public TokenRequest build() {
            return new TokenRequest(
                    clientId,
                    publicServers,
                    internalServers,
                    lifetimeSeconds,
                    timeoutSeconds,
                    userData,
                    statesReasons,
                    survivesMoves,
                    resumes);
        }
    }
}
