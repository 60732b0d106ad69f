package dev.hawser.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// TLS over a real socket, by the JDK on both sides, which checks dates, names and signature.
class CertificateHandshakeTest {
    private static final int PATIENCE_MILLIS = 600_000;

    private static SSLContext server(ServerCertificate certificate) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, new char[0]);
        keys.setKeyEntry(
                "server",
                certificate.key(),
                new char[0],
                certificate.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private static SSLContext trusting(ServerCertificate certificate) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("pinned", certificate.chain().getFirst());
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }

    /// {@return what the client was shown, by a server that was dialled by this name}
    private static X509Certificate handshake(
            ServerCertificate shown, ServerCertificate trusted, String host) throws Exception {
        try (SSLServerSocket listener =
                        (SSLServerSocket)
                                server(shown)
                                        .getServerSocketFactory()
                                        .createServerSocket(
                                                0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket()) {
            listener.setSoTimeout(PATIENCE_MILLIS);
            CompletableFuture<Void> served = new CompletableFuture<>();
            Thread.ofVirtual()
                    .start(() -> {
                        try (SSLSocket accepted = (SSLSocket) listener.accept()) {
                            accepted.setSoTimeout(PATIENCE_MILLIS);
                            accepted.startHandshake();
                            accepted.getOutputStream().write(7);
                            served.complete(null);
                        } catch (IOException e) {
                            served.completeExceptionally(e);
                        }
                    });
            client.connect(listener.getLocalSocketAddress(), PATIENCE_MILLIS);
            SSLSocket named =
                    (SSLSocket)
                            trusting(trusted)
                                    .getSocketFactory()
                                    .createSocket(client, host, listener.getLocalPort(), false);
            named.setSoTimeout(PATIENCE_MILLIS);
            SSLParameters parameters = named.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            named.setSSLParameters(parameters);
            named.startHandshake();
            assertThat(named.getInputStream().read()).isEqualTo(7);
            served.get();
            return (X509Certificate) named.getSession().getPeerCertificates()[0];
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "::1"})
    void aDevelopmentCertificateWorksForItsHosts(String host) throws Exception {
        CertificateSource source = CertificateSource.development();
        X509Certificate shown = handshake(source.current(), source.current(), host);
        assertThat(ServerCertificate.sha256(shown)).isEqualTo(source.hashes().getFirst());
        assertThat(shown.getPublicKey())
                .isInstanceOfSatisfying(
                        ECPublicKey.class,
                        key -> assertThat(key.getParams().toString()).contains("secp256r1"));
        Instant from = shown.getNotBefore().toInstant();
        Instant to = shown.getNotAfter().toInstant();
        assertThat(Instant.now()).isBetween(from, to);
        assertThat(Duration.between(from, to)).isLessThanOrEqualTo(Duration.ofDays(14));
    }

    @Test
    void itDoesNotWorkForOthers() {
        CertificateSource source = CertificateSource.development();
        assertThatThrownBy(() -> handshake(source.current(), source.current(), "play.example.org"))
                .isInstanceOf(SSLException.class);
        assertThatThrownBy(() ->
                        handshake(
                                source.current(),
                                CertificateSource.development().current(),
                                "localhost"))
                .isInstanceOf(SSLException.class);
    }
}
