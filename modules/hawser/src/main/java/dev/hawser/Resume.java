package dev.hawser;

import java.time.Duration;
import java.util.Objects;

/// That a client which has lost its connection comes back by itself, and for how long it tries.
///
/// @param within how long after the loss it tries, from one second to a day; a server keeps its
///   place for as long as the server says ([dev.hawser.netcode.NetcodeServer.Builder#keepSlotFor])
public record Resume(Duration within) {
    private static final Duration MIN = Duration.ofSeconds(1);
    private static final Duration MAX = Duration.ofDays(1);

    /// @throws IllegalArgumentException when the time is outside its range
    public Resume {
        Objects.requireNonNull(within, "within");
        if (within.compareTo(MIN) < 0 || within.compareTo(MAX) > 0) {
            throw new IllegalArgumentException(
                    "resume within "
                            + within
                            + ", but it must be from "
                            + MIN
                            + " to "
                            + MAX
                            + ": take about as long as the server keeps a place");
        }
    }

    /// {@return that a client tries for so long}
    ///
    /// @throws IllegalArgumentException when it is below a second, or above a day
    public static Resume within(Duration time) {
        return new Resume(time);
    }
}
