package dev.hawser.backend.fleet;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/// How often callers may ask, over all services together.
///
/// A budget fills evenly, and a caller that was quiet may use a minute's worth at once. A limit that
/// the operator changes holds from the next request on, whatever was used before.
public interface RequestBudgets {
    /// Counts a request.
    ///
    /// @param caller whose budget it is, 1 to 512 characters
    /// @param perMinute how many there are, 1 to 1,000,000
    /// @return empty when it may go on, else after what time it may be asked again
    CompletionStage<Optional<Duration>> take(String caller, int perMinute);
}
