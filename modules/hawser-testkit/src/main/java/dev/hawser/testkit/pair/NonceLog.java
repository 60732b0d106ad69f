package dev.hawser.testkit.pair;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Every key and nonce that was ever used to seal, with what was sealed: by any machine of a
/// simulation, so that two servers with the same key are caught too.
final class NonceLog {
    private final Map<Nonce, Use> uses = new HashMap<>();
    private final Reporter reporter;

    @FunctionalInterface
    interface Reporter {
        void report(Invariant invariant, String problem);
    }

    /// The first eight bytes stand for the key: keys are random.
    private record Nonce(long key, long sequence) {}

    private record Use(long digest, String who) {}

    NonceLog(Reporter reporter) {
        this.reporter = reporter;
    }

    /// The associated data counts as part of the plaintext: one nonce with two of them gives the
    /// authentication key away as well.
    void sealed(
            String who,
            byte[] key,
            long sequence,
            byte[] associatedData,
            ByteBuffer buffer,
            int offset,
            int length) {
        long keyStart = ByteBuffer.wrap(key).getLong();
        if (keyStart == 0) {
            reporter.report(Invariant.KEYS_ERASED, who + " seals under a key that was erased");
        }
        long digest = 0;
        for (byte b : associatedData) {
            digest = digest * 31 + b;
        }
        byte[] plaintext = new byte[length];
        buffer.get(offset, plaintext);
        for (byte b : plaintext) {
            digest = mix(digest + b);
        }
        Use use = new Use(digest, who);
        @Nullable Use before = uses.putIfAbsent(new Nonce(keyStart, sequence), use);
        if (before != null && before.digest != digest) {
            reporter.report(
                    Invariant.NONCE_USED_ONCE,
                    who
                            + " seals another plaintext with sequence "
                            + Long.toHexString(sequence)
                            + " (hex) under a key with which "
                            + before.who
                            + " has used it");
        }
    }

    private static long mix(long value) {
        long mixed = value * 0x9e3779b97f4a7c15L;
        return mixed ^ mixed >>> 29;
    }
}
