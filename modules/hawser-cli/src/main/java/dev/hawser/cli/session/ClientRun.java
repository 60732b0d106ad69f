package dev.hawser.cli.session;

import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.cli.process.Interruption;
import dev.hawser.cli.process.Output;
import dev.hawser.cli.words.ReasonWord;
import dev.hawser.cli.words.Wording;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.transport.Transport;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/// The life of a client: connects, lets its session work, leaves, and says how it ended.
public final class ClientRun {
    /// Often enough for keep-alives, and for Ctrl-C to feel immediate.
    private static final long AWAIT_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(10);

    private final NetcodeClient client;
    private final Transport transport;
    private final ClientSession session;
    private final Output output;
    private final PrintWriter out;
    private final PrintWriter err;
    private final @Nullable Integer expectedMaxClients;
    private @Nullable ConnectionState printed;
    private boolean wasConnected;

    public ClientRun(
            NetcodeClient client,
            Transport transport,
            ClientSession session,
            Output output,
            PrintWriter err,
            @Nullable Integer expectedMaxClients) {
        this.client = client;
        this.transport = transport;
        this.session = session;
        this.output = output;
        out = output.writer();
        this.err = err;
        this.expectedMaxClients = expectedMaxClients;
    }

    /// {@return the exit code}
    public int run(Interruption interruption) {
        client.connect();
        boolean isOver = false;
        while (!isOver) {
            client.update();
            printState();
            client.receive(session);
            isOver = step(interruption.isRequested());
            client.flush();
            if (!isOver) {
                transport.await(awaitNanos());
            }
        }
        boolean wasOurWish = !(client.state() instanceof ConnectionState.Disconnected);
        client.disconnect();
        printState();
        boolean wentWell = !wasConnected || session.conclude(client, out, err);
        return explain(wasOurWish) && wentWell ? 0 : CommandLine.ExitCode.SOFTWARE;
    }

    private boolean step(boolean isStopping) {
        return switch (client.state()) {
            case ConnectionState.Disconnected _ -> true;
            case ConnectionState.Connecting _ -> isStopping;
            case ConnectionState.Connected _ -> session.step(client, System.nanoTime(), isStopping);
        };
    }

    private long awaitNanos() {
        long nanos =
                client.isConnected() ? session.nanosToNextStep(System.nanoTime()) : AWAIT_NANOS_MAX;
        return Math.clamp(nanos, 0, AWAIT_NANOS_MAX);
    }

    private void printState() {
        ConnectionState state = client.state();
        if (state.equals(printed)) {
            return;
        }
        printed = state;
        switch (state) {
            case ConnectionState.Disconnected(DisconnectReason reason) ->
                    out.println("state disconnected reason=" + ReasonWord.of(reason));
            case ConnectionState.Connecting _ -> out.println("state connecting");
            case ConnectionState.Connected _ -> printConnected();
        }
    }

    private void printConnected() {
        wasConnected = true;
        out.println(
                "state connected index="
                        + client.clientIndex()
                        + " max-clients="
                        + client.maxClients()
                        + " server="
                        + client.serverAddress().map(Object::toString).orElse("unknown"));
        if (expectedMaxClients != null && expectedMaxClients != client.maxClients()) {
            err.println(
                    "warning: the server has "
                            + client.maxClients()
                            + " slots, and --max-clients says "
                            + expectedMaxClients);
        }
    }

    /// {@return whether the end was as wished}
    private boolean explain(boolean wasOurWish) {
        if (wasOurWish && wasConnected) {
            return true;
        }
        if (wasOurWish) {
            if (!output.hasFailed()) {
                err.println("hawser: left before there was a connection");
            }
        } else if (client.state() instanceof ConnectionState.Disconnected(var reason)) {
            err.println("hawser: " + Wording.ofOptions(reason.explanation()));
        }
        return false;
    }
}
