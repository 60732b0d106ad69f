package dev.hawser.cli.fleet;

import dev.hawser.cli.option.TimeConverter;
import dev.hawser.cli.process.CliFailure;
import dev.hawser.cli.words.Printable;
import dev.hawser.online.operator.DrainedServer;
import dev.hawser.online.operator.FleetServer;
import dev.hawser.online.operator.OperatorClient;
import dev.hawser.online.operator.OperatorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `hawser fleet drain`.
@Command(
        name = "drain",
        description = {
            "Has a game server leave in order: nobody is sent there from now on, players stay until"
                    + " they go, and at the deadline the rest is sent on to other servers.",
            "",
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = FleetCommand.EXIT_CODES)
final class DrainCommand extends Question {
    /// A look takes a request for each 200 servers, and one more; the service answers 300 a minute
    /// unless said otherwise.
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(2);

    @Parameters(paramLabel = "SERVER", description = "The server's id.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private String serverId;

    @Option(
            names = "--within",
            paramLabel = "TIME",
            required = true,
            converter = TimeConverter.class,
            description =
                    "The deadline: 90s, 10m or 2h from when the server hears of it, up to 1d.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Duration within;

    @Option(
            names = "--text",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "For those who are sent on, up to 124 characters.")
    private String text = "";

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description =
                    "Wait until nobody is there any more, or the server is gone; so long at most,"
                            + " and then it ends with 1. The drain goes on all the same.")
    private @Nullable Duration wait;

    /// Whether the service was seen to know somebody there. It does not know the players of a
    /// server that asks nobody whom it may seat, so that nobody is known there means nothing alone;
    /// and a server that drains says that no slot is free.
    private boolean hadPlayers;

    @Override
    int ask(OperatorClient client) throws OperatorException {
        DrainedServer drained =
                client.drain(serverId, within, text)
                        .orElseThrow(() ->
                                new CliFailure(
                                        "no server '"
                                                + serverId
                                                + "' is known: 'hawser fleet servers' lists those"
                                                + " that are"));
        out().println(
                        isJson()
                                ? JsonLines.line(json -> {
                                    json.writeStringField("serverId", drained.serverId());
                                    json.writeStringField("startId", drained.startId());
                                    json.writeNumberField("withinSeconds", within.toSeconds());
                                })
                                : Printable.of(drained.serverId())
                                        + " drains: nobody is sent there, and whoever is left "
                                        + within.toSeconds()
                                        + " s after it hears of it is sent on");
        if (wait != null) {
            String outcome = awaitEnd(client, drained, wait);
            out().println(
                            isJson()
                                    ? JsonLines.line(json -> {
                                        json.writeStringField("serverId", drained.serverId());
                                        json.writeStringField("startId", drained.startId());
                                        json.writeStringField("outcome", outcome);
                                    })
                                    : Printable.of(drained.serverId()) + " is " + outcome);
        }
        return 0;
    }

    /// {@return `gone` or `empty`}
    private String awaitEnd(OperatorClient client, DrainedServer drained, Duration limit) {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        String last = "";
        do {
            try {
                Optional<String> end = look(client, drained);
                if (end.isPresent()) {
                    return end.get();
                }
                last = "";
            } catch (OperatorException e) {
                // A service that is renewed meanwhile says nothing about the server.
                last = "; the last look at it failed: " + e.getMessage();
            }
            park(Math.min(LOOK_NANOS, deadlineNanos - System.nanoTime()));
        } while (deadlineNanos - System.nanoTime() > 0
                && !Thread.currentThread().isInterrupted()
                && !isUseless());
        throw new CliFailure(
                drained.serverId()
                        + " is still there after "
                        + limit.toSeconds()
                        + " s, and goes on draining: see who is left with 'hawser fleet players"
                        + " --server "
                        + drained.serverId()
                        + "'"
                        + last);
    }

    /// {@return how it ended, where it has}
    private Optional<String> look(OperatorClient client, DrainedServer drained)
            throws OperatorException {
        List<FleetServer> found = new ArrayList<>();
        each(
                client::servers,
                servers ->
                        servers.stream()
                                .filter(server -> isThis(server, drained))
                                .forEach(found::add));
        if (found.isEmpty()) {
            return Optional.of("gone");
        }
        boolean hasPlayers = !client.players(drained.serverId(), "").items().isEmpty();
        hadPlayers |= hasPlayers;
        boolean isFree =
                found.stream()
                        .map(FleetServer::announcement)
                        .allMatch(server -> server.freeSlots() == server.maxClients());
        return !hasPlayers && (hadPlayers || isFree) ? Optional.of("empty") : Optional.empty();
    }

    private static boolean isThis(FleetServer server, DrainedServer drained) {
        return server.announcement().serverId().equals(drained.serverId())
                && server.announcement().startId().equals(drained.startId());
    }
}
