package dev.hawser.backend.http;

import dev.hawser.tls.CertificateSource;
import dev.hawser.tls.ServerCertificate;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Shows new connections the certificate that its source has at that moment. They speak TLS 1.3.
public final class TlsKeys extends X509ExtendedKeyManager {
    private final CertificateSource source;
    private volatile Shown shown;

    private record Shown(ServerCertificate certificate, X509ExtendedKeyManager manager) {
        static Shown of(ServerCertificate certificate) {
            return new Shown(certificate, managerOf(certificate));
        }
    }

    public TlsKeys(CertificateSource source) {
        this.source = source;
        shown = Shown.of(source.current());
    }

    /// Connections that exist keep theirs.
    private X509ExtendedKeyManager manager() {
        ServerCertificate current = source.current();
        if (shown.certificate() != current) {
            shown = Shown.of(current);
        }
        return shown.manager();
    }

    public SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {this}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    private static X509ExtendedKeyManager managerOf(ServerCertificate certificate) {
        for (KeyManager manager : certificate.keyManagers().getKeyManagers()) {
            if (manager instanceof X509ExtendedKeyManager extended) {
                return extended;
            }
        }
        throw new IllegalStateException("no manager for X.509 keys");
    }

    @Override
    public @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return isTooOld(socket) ? null : manager().chooseServerAlias(keyType, issuers, socket);
    }

    /// {@return whether it speaks less than TLS 1.3} The web server has no setting for that where
    /// its sockets are plain ones; without a certificate there is no connection.
    private static boolean isTooOld(@Nullable Socket socket) {
        return socket instanceof SSLSocket secure
                && !secure.getHandshakeSession().getProtocol().equals("TLSv1.3");
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return shown.manager().getServerAliases(keyType, issuers);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return shown.manager().getCertificateChain(alias);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return shown.manager().getPrivateKey(alias);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyType, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }
}
