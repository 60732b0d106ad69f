package dev.hawser.token;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.ConnectTokenInfo;
import dev.hawser.protocol.token.InvalidConnectTokenException;
import java.util.List;
import java.util.Map;

/// A connect token as a [TokenSource] gave it, and what the service said about it. Protocol id,
/// expiry and servers are those of the token itself: an answer that contradicts its token is
/// refused.
///
/// @param token good for one connection; whoever has connected with it erases it
/// @param clientId who the player is at the servers, unsigned
/// @param protocolId of the game and its version, unsigned
/// @param expireTimestamp when the token expires, in Unix seconds by the service's clock
/// @param servers to dial, in this order, 1 to 32
/// @param web where those of the servers are, that browsers reach; a server that takes UDP only is
///   not in it
/// @param webTransportCertificateHashes SHA-256 of the certificates that the servers show to
///   browsers, each 64 lower-case hexadecimal digits; empty where there are none
/// @param clockSkewSeconds how far this machine's clock is ahead of the service's, negative when it
///   is behind; 0 when the service's time lies between request and answer
public record FetchedToken(
        ConnectToken token,
        long clientId,
        long protocolId,
        long expireTimestamp,
        List<NetAddress> servers,
        Map<NetAddress, WebUrls> web,
        List<String> webTransportCertificateHashes,
        long clockSkewSeconds) {
    /// Copies the collections.
    public FetchedToken {
        servers = List.copyOf(servers);
        web = Map.copyOf(web);
        webTransportCertificateHashes = List.copyOf(webTransportCertificateHashes);
    }

    /// {@return a token of which nothing is known but what it says itself: its servers take UDP,
    /// and the clocks agree}
    ///
    /// @param token good for one connection; whoever has connected with it erases it
    /// @param clientId who the player is at the servers, unsigned, which only the servers can read
    ///   in the token
    /// @throws InvalidConnectTokenException when the token cannot be read
    public static FetchedToken of(ConnectToken token, long clientId) {
        ConnectTokenInfo info = token.info();
        return new FetchedToken(
                token,
                clientId,
                info.protocolId(),
                info.expireTimestamp(),
                info.servers(),
                Map.of(),
                List.of(),
                0);
    }

    /// {@return where a server is reached over WebTransport and WebSocket}
    ///
    /// @param server one of [#servers()]
    public WebUrls webOf(NetAddress server) {
        return web.getOrDefault(server, WebUrls.NONE);
    }

    @Override
    public String toString() {
        return "FetchedToken[client "
                + Long.toUnsignedString(clientId)
                + " to "
                + servers
                + ", expires at "
                + expireTimestamp
                + "]";
    }
}
