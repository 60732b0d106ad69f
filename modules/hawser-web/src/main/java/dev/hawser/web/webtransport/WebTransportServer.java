package dev.hawser.web.webtransport;

import dev.hawser.protocol.NetAddress;
import dev.hawser.tls.CertificateSource;
import dev.hawser.web.WebServerOptions;
import dev.hawser.web.WebServerTransport;
import java.util.Objects;

/// The server's end of WebTransport: sessions over HTTP/3, packets as QUIC's datagrams.
///
/// ```java
/// var transport =
///         WebTransportServer.bind(
///                 NetAddress.parse("0.0.0.0:7778"),
///                 CertificateSource.of(certificate));
/// ```
///
/// Always under TLS 1.3, on an UDP port. A packet that no datagram to a peer is large enough for
/// goes on a stream of its own, where the peer has said that it takes that; see
/// [WebServerTransport#maxPacketBytes(dev.hawser.protocol.PeerAddress)].
///
/// Bound to all addresses, it has a socket for each that the machine has when it is opened, and
/// answers a client from the one that it has dialled. One that appears later is served too, and
/// answered from the address that the system prefers, until the transport is opened again; so is
/// all of it where the system is not Linux, of which the log warns.
///
/// Datagrams are under the congestion control of QUIC: a path that carries less than what is sent
/// loses the rest, as every path does.
public final class WebTransportServer {
    private WebTransportServer() {}

    /// {@return a transport that will be bound to an UDP port, with the options that nobody has
    /// changed}
    public static WebServerTransport bind(NetAddress address, CertificateSource certificates) {
        return bind(address, certificates, WebServerOptions.DEFAULT);
    }

    /// {@return a transport that will be bound to an UDP port}
    ///
    /// @param address with port 0 to have one chosen
    /// @param certificates asked for each connection
    public static WebServerTransport bind(
            NetAddress address, CertificateSource certificates, WebServerOptions options) {
        return new WebTransportServerTransport(
                Objects.requireNonNull(address, "address"),
                Objects.requireNonNull(certificates, "certificates"),
                Objects.requireNonNull(options, "options"));
    }
}
