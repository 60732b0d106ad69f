package dev.hawser.token;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.ConnectTokenInfo;
import dev.hawser.protocol.token.InvalidConnectTokenException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A connect token as a [TokenSource] gave it, and what the service said about it. Protocol id,
/// expiry and servers are those of the token itself.
///
/// A service will say more in later versions, so it is made by a [#builder(ConnectToken, long)].
public final class FetchedToken {
    private final ConnectToken token;
    private final ConnectTokenInfo info;
    private final long clientId;
    private final Map<NetAddress, WebUrls> web;
    private final List<String> webTransportCertificateHashes;
    private final long clockSkewSeconds;

    private FetchedToken(Builder builder) {
        token = builder.token;
        info = builder.info;
        clientId = builder.clientId;
        web = builder.web;
        webTransportCertificateHashes = builder.webTransportCertificateHashes;
        clockSkewSeconds = builder.clockSkewSeconds;
    }

    /// {@return a token of which nothing is known but what it says itself: its servers take UDP,
    /// and the clocks agree}
    ///
    /// @param token good for one connection; the client that has connected with it erases it
    /// @param clientId the player's at the servers, unsigned, which only they can read in the token
    /// @throws InvalidConnectTokenException when the token cannot be read
    public static FetchedToken of(ConnectToken token, long clientId) {
        return builder(token, clientId).build();
    }

    /// {@return a builder, in which all else has a default}
    ///
    /// @param token good for one connection; the client that has connected with it erases it
    /// @param clientId the player's at the servers, unsigned, which only they can read in the token
    /// @throws InvalidConnectTokenException when the token cannot be read
    public static Builder builder(ConnectToken token, long clientId) {
        return new Builder(token, clientId);
    }

    /// {@return the token, which is good for one connection; the client that has connected with it
    /// erases it}
    public ConnectToken token() {
        return token;
    }

    /// {@return the player's id at the servers, unsigned}
    public long clientId() {
        return clientId;
    }

    /// {@return the protocol id of the game and its version, unsigned}
    public long protocolId() {
        return info.protocolId();
    }

    /// {@return when the token expires, in Unix seconds by the service's clock}
    public long expireTimestamp() {
        return info.expireTimestamp();
    }

    /// {@return the servers to dial, in this order, 1 to 32}
    public List<NetAddress> servers() {
        return info.servers();
    }

    /// {@return where those of the servers are, that browsers reach; a server that takes UDP only
    /// is not in it}
    public Map<NetAddress, WebUrls> web() {
        return web;
    }

    /// {@return where a server is reached over WebTransport and WebSocket}
    ///
    /// @param server one of [#servers()]
    public WebUrls webOf(NetAddress server) {
        return web.getOrDefault(server, WebUrls.NONE);
    }

    /// {@return SHA-256 of the certificates that the servers show to browsers, each 64 lower-case
    /// hexadecimal digits; empty where there are none}
    public List<String> webTransportCertificateHashes() {
        return webTransportCertificateHashes;
    }

    /// {@return how far this machine's clock is ahead of the service's, negative when it is behind;
    /// 0 when the service's time lies between request and answer}
    public long clockSkewSeconds() {
        return clockSkewSeconds;
    }

    @Override
    public String toString() {
        return "FetchedToken[client "
                + Long.toUnsignedString(clientId)
                + " to "
                + servers()
                + ", expires at "
                + expireTimestamp()
                + "]";
    }

    /// What is known of a [FetchedToken]. Each method replaces what was set before and returns the
    /// builder. For one thread.
    public static final class Builder {
        private final ConnectToken token;
        private final ConnectTokenInfo info;
        private final long clientId;
        private Map<NetAddress, WebUrls> web = Map.of();
        private List<String> webTransportCertificateHashes = List.of();
        private long clockSkewSeconds;

        private Builder(ConnectToken token, long clientId) {
            this.token = Objects.requireNonNull(token, "token");
            this.clientId = clientId;
            info = token.info();
        }

        /// Sets where those of the servers are, that browsers reach; by default none is reached.
        ///
        /// @throws IllegalArgumentException when one of them is not among the token's servers
        public Builder web(Map<NetAddress, WebUrls> web) {
            for (NetAddress server : web.keySet()) {
                if (!info.servers().contains(server)) {
                    throw new IllegalArgumentException(
                            "web has "
                                    + server
                                    + ", but the servers of the token are "
                                    + info.servers()
                                    + ": leave it out");
                }
            }
            this.web = Map.copyOf(web);
            return this;
        }

        /// Sets the SHA-256 hashes of the certificates that the servers show to browsers, each 64
        /// lower-case hexadecimal digits; by default none.
        public Builder webTransportCertificateHashes(List<String> hashes) {
            webTransportCertificateHashes = List.copyOf(hashes);
            return this;
        }

        /// Sets how far this machine's clock is ahead of the service's, negative when it is behind;
        /// by default 0.
        public Builder clockSkewSeconds(long seconds) {
            clockSkewSeconds = seconds;
            return this;
        }

        /// {@return the token with all that is known of it}
        public FetchedToken build() {
            return new FetchedToken(this);
        }
    }
}
