package dev.hawser.backend.fleet;

import dev.hawser.backend.registry.ServerStart;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// What game servers are to be told, until they have acknowledged it. A server may hear a command
/// twice, so each has an id.
///
/// A command is for one start of a server: what is started anew need not end what died with its
/// former self.
public interface CommandQueue {
    /// The most that waits for one server: one more pushes out the oldest, which is counted. A
    /// server that hears nothing loses its presences before that.
    int COMMANDS_MAX = 10_000;

    /// The most that one answer carries.
    int COMMANDS_OF_ANSWER_MAX = 256;

    /// A command that waits.
    ///
    /// @param id names it to this server start, 1 to 64 letters, digits and `-`; of a command that
    ///   is queued again after it was acknowledged it is another one
    record Queued(String id, ServerCommand command) {}

    /// Puts a command behind those that wait, unless the same one waits already. It is forgotten
    /// when the server has fallen silent, has withdrawn or was started anew.
    CompletionStage<Void> queue(ServerStart server, ServerCommand command);

    /// Forgets what the server has heard.
    ///
    /// @param acknowledged ids; unknown ones do no harm
    /// @return what waits then, the oldest first, at most [#COMMANDS_OF_ANSWER_MAX]
    CompletionStage<List<Queued>> next(ServerStart server, Collection<String> acknowledged);
}
