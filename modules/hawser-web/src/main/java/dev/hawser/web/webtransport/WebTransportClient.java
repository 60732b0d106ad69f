package dev.hawser.web.webtransport;

import dev.hawser.protocol.NetAddress;
import dev.hawser.web.WebClientTransport;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A client's end of WebTransport, for Java clients where UDP by itself does not pass, and for
/// trying a server that is there for browsers.
///
/// ```java
/// var transport =
///         WebTransportClient.to(
///                 URI.create("https://play.example.org:7778/hawser"), List.of());
/// ```
public final class WebTransportClient {
    private WebTransportClient() {}

    /// {@return a transport that reaches every server at one URL}
    ///
    /// @param url for example `https://play.example.org:7778/hawser`
    /// @param certificateHashes SHA-256 in 64 hex digits each: a server must show a certificate
    ///   with one of them, and nothing else is asked of it; empty to trust as this JDK does
    /// @throws IllegalArgumentException when it is no such URL, see [dev.hawser.token.WebUrls], or
    ///   a hash is none
    public static WebClientTransport to(URI url, List<String> certificateHashes) {
        Objects.requireNonNull(certificateHashes, "certificateHashes");
        WebTransportClientTransport.checkUrl(Objects.requireNonNull(url, "url"));
        return to(_ -> url, certificateHashes);
    }

    /// {@return a transport that reaches each server at its own URL}
    ///
    /// @param urls from the address that a connect token names a server with to its URL, or to null
    ///   where it has none
    /// @param certificateHashes SHA-256 in 64 hex digits each: a server must show a certificate
    ///   with one of them, and nothing else is asked of it; empty to trust as this JDK does
    /// @throws IllegalArgumentException when a hash is none
    public static WebClientTransport to(
            Function<NetAddress, @Nullable URI> urls, List<String> certificateHashes) {
        return new WebTransportClientTransport(
                Objects.requireNonNull(urls, "urls"), certificateHashes);
    }
}
