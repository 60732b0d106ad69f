package dev.hawser.redis;

import dev.hawser.protocol.WallClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/// How a [RedisFleetStore] is set up.
///
/// @param password as what and with which password it signs in; empty for nobody
/// @param trusted a PEM file with who vouches for the store's certificate; empty for the JDK's list
/// @param commandTimeout after which an answer is given up
/// @param serverTimeout after which a silent server is dropped
/// @param wallClock by which tokens are made
/// @param offsetMillis that a test adds to the store's time
record StoreSettings(
        StoreAddress address,
        StoreKeys keys,
        Optional<StorePassword> password,
        Optional<Path> trusted,
        Duration commandTimeout,
        Duration serverTimeout,
        int serversMax,
        WallClock wallClock,
        LongSupplier offsetMillis) {}
