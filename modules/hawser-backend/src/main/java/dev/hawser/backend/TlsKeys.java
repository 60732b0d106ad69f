package dev.hawser.backend;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// The certificate that new connections get, which can be replaced while the server runs. They
/// speak TLS 1.3.
final class TlsKeys extends X509ExtendedKeyManager {
    private volatile X509ExtendedKeyManager current;

    TlsKeys(ServerCertificate certificate) {
        current = managerOf(certificate);
    }

    /// Connections that exist keep theirs.
    void replace(ServerCertificate certificate) {
        current = managerOf(certificate);
    }

    SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {this}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    private static X509ExtendedKeyManager managerOf(ServerCertificate certificate) {
        try {
            // The default algorithm is the one that neither checks nor chooses.
            KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
            factory.init(certificate.keyStore(), new char[0]);
            for (KeyManager manager : factory.getKeyManagers()) {
                if (manager instanceof X509ExtendedKeyManager extended) {
                    return extended;
                }
            }
            throw new IllegalStateException("no manager for X.509 keys");
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("a checked certificate cannot be used", e);
        }
    }

    @Override
    public @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return isTooOld(socket) ? null : current.chooseServerAlias(keyType, issuers, socket);
    }

    /// {@return whether it speaks less than TLS 1.3} The web server has no setting for that where
    /// its sockets are plain ones; without a certificate there is no connection.
    private static boolean isTooOld(@Nullable Socket socket) {
        return socket instanceof SSLSocket secure
                && !secure.getHandshakeSession().getProtocol().equals("TLSv1.3");
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return current.getServerAliases(keyType, issuers);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return current.getCertificateChain(alias);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return current.getPrivateKey(alias);
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
