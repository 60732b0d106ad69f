package dev.hawser.protocol;

/// A source of random bytes: keys, nonces, and the places where sequences start come from here.
///
/// In production it must be a cryptographic generator, for example `new SecureRandom()::nextBytes`.
/// Tests pass a seeded one.
@FunctionalInterface
public interface RandomBytes {
    /// Fills the whole of `target` with random bytes.
    void nextBytes(byte[] target);
}
