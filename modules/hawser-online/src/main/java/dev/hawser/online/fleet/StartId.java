package dev.hawser.online.fleet;

import java.util.UUID;

/// Names one start of a server: a UUID of version 7 (RFC 9562) without dashes. It begins with the
/// time, so that a service which hears of two starts knows which is the later one, also when the
/// first words of the earlier one come last.
final class StartId {
    private static final int VERSION = 0x7000;
    private static final int RANDOM_MASK = 0x0fff;

    private StartId() {}

    /// {@return one that no other start has} Never from a generator that the application seeds.
    static String draw(long unixMillis) {
        UUID random = UUID.randomUUID();
        long high = unixMillis << 16 | VERSION | (random.getMostSignificantBits() & RANDOM_MASK);
        return new UUID(high, random.getLeastSignificantBits()).toString().replace("-", "");
    }
}
