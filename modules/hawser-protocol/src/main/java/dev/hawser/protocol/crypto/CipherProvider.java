package dev.hawser.protocol.crypto;

/// One implementation of both ciphers. Providers are found through `ServiceLoader`; the one with
/// the largest preference that is available on this machine wins ([Ciphers#best()]).
public interface CipherProvider {
    /// {@return the short word by which [Ciphers#PROPERTY] names it, for example `jdk`}
    String id();

    /// {@return a name for logs and figures, for example `JDK 25.0.3`}
    String name();

    /// {@return how good it is; the JDK's own is 0}
    int preference();

    /// {@return whether it can be used on this machine}
    boolean isAvailable();

    /// {@return why it cannot be used on this machine, for a person to read; empty when it can}
    default String obstacle() {
        return "";
    }

    /// {@return the AEAD of packets, with nonces of 12 bytes, for one thread}
    Aead newPacketAead();

    /// {@return the AEAD of tokens, with nonces of 24 bytes, for one thread}
    Aead newTokenAead();

    /// {@return a new packet cipher, for one thread}
    default PacketCipher newPacketCipher() {
        return new PacketCipher(newPacketAead());
    }
}
