package dev.hawser.cli.session;

import dev.hawser.NetServer;
import dev.hawser.Refusal;
import dev.hawser.cli.process.Interruption;
import dev.hawser.signals.Termination;
import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What SIGTERM does to a server: the first one has it drain, the second one sends everybody away
/// at once.
public final class Departure implements AutoCloseable {
    /// Over which clients that were sent away come back, to whatever server then.
    private static final int RETRY_AFTER_SECONDS = 1;

    private final Duration deadline;
    private final PrintWriter out;
    private final @Nullable Termination termination;
    private volatile int signals;
    private int taken;

    /// Listens to the signal from now on.
    ///
    /// @param deadline how long those may stay who are connected at the first signal
    public Departure(Duration deadline, PrintWriter out) {
        this.deadline = deadline;
        this.out = out;
        termination =
                Interruption.isOwnProcess()
                        ? Termination.listen(times -> signals = times, Interruption::awaitFinish)
                        : null;
    }

    /// Does what was asked for since the last call; to be called once a turn, by the thread of the
    /// server.
    ///
    /// @return whether nobody is left of a server that drains
    public boolean isOver(NetServer server) {
        int times = signals;
        if (times != taken) {
            drain(server, taken == 0 ? deadline : Duration.ZERO);
            taken = times;
        }
        return server.isDraining() && server.connectedClients().isEmpty();
    }

    private void drain(NetServer server, Duration deadline) {
        out.println(
                "draining clients="
                        + server.connectedClients().size()
                        + " seconds="
                        + deadline.toSeconds());
        server.drain(deadline, new Refusal.Draining("", RETRY_AFTER_SECONDS));
    }

    @Override
    public void close() {
        if (termination != null) {
            termination.close();
        }
    }
}
