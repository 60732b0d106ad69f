package dev.hawser.protocol;

/// Unix time as the machine sees it: the port through which tokens learn whether they have expired.
///
/// The time must never run backwards while a server lives: a token that was forgotten because it
/// had expired would be accepted a second time. Timers do not use it; they run on the monotonic
/// nanoseconds that the caller passes in.
@FunctionalInterface
public interface WallClock {
    /// {@return seconds since 1970-01-01T00:00Z}
    long unixSeconds();
}
