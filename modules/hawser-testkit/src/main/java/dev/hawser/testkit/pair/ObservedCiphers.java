package dev.hawser.testkit.pair;

import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.crypto.TokenCipher;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/// The ciphers of one machine, with somebody looking on: every seal is reported, and the keys that
/// were ever used are remembered, to see whether they are erased in the end.
final class ObservedCiphers implements CipherProvider {
    private final CipherProvider ciphers;
    private final NonceLog nonces;
    private final String who;
    // Keys are equal only to themselves: these are places in memory, not values.
    private final Set<PacketKey> connectionKeys = new HashSet<>();
    private int challengesSealed;
    private boolean isBlind;

    ObservedCiphers(CipherProvider ciphers, NonceLog nonces, String who) {
        this.ciphers = ciphers;
        this.nonces = nonces;
        this.who = who;
    }

    /// Looks away while this machine is made to break the contract.
    void blind(boolean blind) {
        isBlind = blind;
    }

    int challengesSealed() {
        return challengesSealed;
    }

    boolean areConnectionKeysErased() {
        byte[] zeros = new byte[PacketKey.BYTES];
        return connectionKeys.stream().allMatch(key -> key.sameAs(PacketKey.ofBytes(zeros)));
    }

    @Override
    public String id() {
        return ciphers.id();
    }

    @Override
    public String name() {
        return ciphers.name();
    }

    @Override
    public int preference() {
        return ciphers.preference();
    }

    @Override
    public boolean isAvailable() {
        return ciphers.isAvailable();
    }

    @Override
    public PacketCipher newPacketCipher() {
        return new ObservedPacketCipher(ciphers.newPacketCipher());
    }

    @Override
    public TokenCipher newTokenCipher() {
        return ciphers.newTokenCipher();
    }

    private final class ObservedPacketCipher implements PacketCipher {
        private final PacketCipher cipher;

        ObservedPacketCipher(PacketCipher cipher) {
            this.cipher = cipher;
        }

        @Override
        public void seal(
                PacketKey key,
                long sequence,
                byte[] associatedData,
                ByteBuffer buffer,
                int offset,
                int length) {
            if (associatedData.length == 0) {
                challengesSealed++;
            } else {
                connectionKeys.add(key);
            }
            if (!isBlind) {
                nonces.sealed(who, key.array(), sequence, associatedData, buffer, offset, length);
            }
            cipher.seal(key, sequence, associatedData, buffer, offset, length);
        }

        @Override
        public boolean open(
                PacketKey key,
                long sequence,
                byte[] associatedData,
                ByteBuffer buffer,
                int offset,
                int length) {
            if (associatedData.length > 0) {
                connectionKeys.add(key);
            }
            boolean isOpen = cipher.open(key, sequence, associatedData, buffer, offset, length);
            if (!isOpen) {
                // What is left after a failure is undefined, so let it be something.
                for (int i = 0; i < length; i++) {
                    buffer.put(offset + i, (byte) ~buffer.get(offset + i));
                }
            }
            return isOpen;
        }
    }
}
