package dev.hawser.protocol.crypto;

import java.security.GeneralSecurityException;
import java.util.stream.Collectors;
import javax.crypto.Cipher;

/// The ciphers of the JDK: always there, on every platform.
///
/// Each call allocates two to three kilobytes, and a forged packet costs an exception inside the
/// JDK. Keys are copied by the JDK where nobody can erase them; they leave memory with the garbage.
public final class JdkCipherProvider implements CipherProvider {
    /// Creates the provider; nothing is looked up yet.
    public JdkCipherProvider() {}

    @Override
    public String id() {
        return "jdk";
    }

    @Override
    public String name() {
        return Runtime.version().version().stream()
                .map(String::valueOf)
                .collect(Collectors.joining(".", "JDK ", ""));
    }

    @Override
    public int preference() {
        return 0;
    }

    @Override
    public boolean isAvailable() {
        try {
            Cipher.getInstance("ChaCha20-Poly1305");
            Cipher.getInstance("ChaCha20");
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    @Override
    public Aead newPacketAead() {
        return new JdkAead();
    }

    @Override
    public Aead newTokenAead() {
        return new JdkTokenAead();
    }
}
