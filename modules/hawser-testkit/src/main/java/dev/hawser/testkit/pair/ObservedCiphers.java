package dev.hawser.testkit.pair;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.hawser.protocol.crypto.Aead;
import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.PacketKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/// The ciphers of one machine, with somebody looking on: every seal is reported, and the keys that
/// were ever used are remembered, to see whether they are erased in the end.
final class ObservedCiphers implements CipherProvider {
    /// Where the sequence stands in the nonce of a packet.
    private static final int SEQUENCE_OFFSET = 4;

    private final CipherProvider ciphers;
    private final NonceLog nonces;
    private final String who;
    // Places in memory, not values.
    private final Set<byte[]> connectionKeys = Collections.newSetFromMap(new IdentityHashMap<>());
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
        return connectionKeys.stream().allMatch(key -> Arrays.equals(key, zeros));
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
    public Aead newPacketAead() {
        return new ObservedAead(ciphers.newPacketAead());
    }

    @Override
    public Aead newTokenAead() {
        return ciphers.newTokenAead();
    }

    private final class ObservedAead implements Aead {
        private final Aead aead;

        ObservedAead(Aead aead) {
            this.aead = aead;
        }

        @Override
        public void seal(
                byte[] key, byte[] nonce, byte[] data, ByteBuffer buffer, int offset, int length) {
            if (data.length == 0) {
                challengesSealed++;
            } else {
                connectionKeys.add(key);
            }
            if (!isBlind) {
                long sequence =
                        ByteBuffer.wrap(nonce).order(LITTLE_ENDIAN).getLong(SEQUENCE_OFFSET);
                nonces.sealed(who, key, sequence, data, buffer, offset, length);
            }
            aead.seal(key, nonce, data, buffer, offset, length);
        }

        @Override
        public boolean open(
                byte[] key, byte[] nonce, byte[] data, ByteBuffer buffer, int offset, int length) {
            if (data.length > 0) {
                connectionKeys.add(key);
            }
            boolean isOpen = aead.open(key, nonce, data, buffer, offset, length);
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
