package dev.hawser.tests.fleet;

import dev.hawser.backend.fleet.FleetStore;
import java.time.Duration;

/// A store that knows nothing yet, with a time that a test moves.
///
/// Time may also pass by itself, so a test moves it by minutes, and asserts nothing that a few
/// seconds more or less would change.
public interface FleetStoreRig extends AutoCloseable {
    FleetStore store();

    /// Lets time pass for the store.
    void advance(Duration time);

    /// {@return the store's time}
    long unixSeconds();

    @Override
    void close();
}
