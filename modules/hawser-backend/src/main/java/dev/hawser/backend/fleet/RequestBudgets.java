package dev.hawser.backend.fleet;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/// How often callers may ask, over all services together.
///
/// A budget fills evenly, and a caller that was quiet may use a minute's worth at once. A limit
/// that the operator changes holds from the next request on, whatever was used before.
public interface RequestBudgets {
    /// The most requests a minute.
    int PER_MINUTE_MAX = 1_000_000;

    /// The longest name of a caller, in characters.
    int CALLER_LENGTH_MAX = 512;

    /// Counts a request; one that is refused uses nothing.
    ///
    /// @param caller whose budget it is, 1 to [#CALLER_LENGTH_MAX] characters
    /// @param perMinute how many there are, 1 to [#PER_MINUTE_MAX]
    /// @return empty when it may go on, else after what time it may be asked again
    CompletionStage<Optional<Duration>> take(String caller, int perMinute);
}
