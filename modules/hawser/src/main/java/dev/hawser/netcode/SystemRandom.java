package dev.hawser.netcode;

import dev.hawser.protocol.RandomBytes;
import java.security.SecureRandom;

/// The randomness of this machine.
final class SystemRandom {
    static final RandomBytes RANDOM = new SecureRandom()::nextBytes;

    private SystemRandom() {}
}
