package dev.hawser.load;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// What a run found, for people and for programs.
public final class LoadReport {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double BYTES_PER_MEGABYTE = 1e6;
    private static final int PERCENT = 100;

    /// What the clients saw.
    sealed interface Result {}

    /// @param sent payloads, in the measured time
    /// @param echoes that came back in the measured time
    /// @param lost of those sent, how many did not come back within a second
    /// @param late echoes that came back later than that, or twice
    /// @param verified how many were opened and right
    /// @param damaged echoes that were not what was sent
    /// @param disconnected clients that the server ended
    /// @param pings of the server that were answered, in the measured time
    /// @param idleNanos how long the generator had nothing to do
    record Echoes(
            long sent,
            long echoes,
            long lost,
            long late,
            long verified,
            long damaged,
            int disconnected,
            long pings,
            long idleNanos,
            Histogram roundTrips)
            implements Result {}

    /// @param denied attempts that the server denied
    record Handshakes(long connects, long denied, Histogram durations) implements Result {}

    /// @param survived whether the client beside it is still connected
    record Garbage(GarbageKind kind, long sent, boolean survived) implements Result {}

    private final LoadSettings settings;
    private final Result result;
    private final long measuredNanos;
    private final @Nullable Usage server;
    private final @Nullable Usage generator;
    private final long sendFailures;
    private final String network;

    LoadReport(
            LoadSettings settings,
            Result result,
            long measuredNanos,
            @Nullable Usage server,
            @Nullable Usage generator,
            long sendFailures,
            String network) {
        this.settings = settings;
        this.result = result;
        this.measuredNanos = measuredNanos;
        this.server = server;
        this.generator = generator;
        this.sendFailures = sendFailures;
        this.network = network;
    }

    /// {@return whether the server did its work: something came back, and nothing wrong}
    public boolean isWell() {
        return switch (result) {
            case Echoes echoes ->
                    echoes.echoes > 0 && echoes.damaged == 0 && echoes.disconnected == 0;
            case Handshakes handshakes -> handshakes.connects > 0;
            case Garbage garbage -> garbage.sent > 0 && garbage.survived;
        };
    }

    private double perSecond(long count) {
        return count * NANOS_PER_SECOND / measuredNanos;
    }

    /// What the server's CPU time is divided by.
    private long units() {
        return switch (result) {
            case Echoes echoes -> echoes.echoes;
            case Handshakes handshakes -> handshakes.connects;
            case Garbage garbage -> garbage.sent - (server == null ? 0 : server.receiveDrops());
        };
    }

    private String unit() {
        return switch (result) {
            case Echoes _ -> "Echo";
            case Handshakes _ -> "Connect";
            case Garbage _ -> "Refused";
        };
    }

    // ---- For programs

    /// {@return the report as an object of JSON, whose fields `hawser load --help` lists}
    public String toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("server", settings.target().server().toString());
        json.put("clients", settings.clients());
        json.put("survivesMoves", settings.target().survivesMoves());
        json.put("measuredSeconds", measuredNanos / NANOS_PER_SECOND);
        switch (result) {
            case Echoes echoes -> put(json, echoes);
            case Handshakes handshakes -> put(json, handshakes);
            case Garbage garbage -> put(json, garbage);
        }
        json.put("sendFailures", sendFailures);
        json.put("network", network);
        if (server != null) {
            ObjectNode object = json.putObject("serverProcess");
            put(object, server);
            putCost(object, server);
        }
        if (generator != null) {
            put(json.putObject("generatorProcess"), generator);
        }
        return json.toPrettyString();
    }

    private void put(ObjectNode json, Echoes echoes) {
        json.put("mode", "echo");
        if (settings.work() instanceof LoadSettings.Echoes work) {
            json.put("payloadBytes", work.payloadBytes());
            json.put("packetsPerSecondOfClient", work.packetsPerSecond());
            json.put("window", work.window());
            json.put("inFlightMax", work.inFlightMax());
        }
        json.put("sent", echoes.sent);
        json.put("echoes", echoes.echoes);
        json.put("echoesPerSecond", perSecond(echoes.echoes));
        json.put("lost", echoes.lost);
        json.put("late", echoes.late);
        json.put("verified", echoes.verified);
        json.put("damaged", echoes.damaged);
        json.put("disconnected", echoes.disconnected);
        json.put("pings", echoes.pings);
        json.put("generatorIdle", (double) echoes.idleNanos / measuredNanos);
        put(json.putObject("roundTripNanos"), echoes.roundTrips);
    }

    private void put(ObjectNode json, Handshakes handshakes) {
        json.put("mode", "handshakes");
        json.put("connects", handshakes.connects);
        json.put("connectsPerSecond", perSecond(handshakes.connects));
        json.put("denied", handshakes.denied);
        put(json.putObject("connectNanos"), handshakes.durations);
    }

    private void put(ObjectNode json, Garbage garbage) {
        json.put("mode", "garbage");
        json.put("kind", garbage.kind.name().toLowerCase(Locale.ROOT));
        json.put("sent", garbage.sent);
        json.put("sentPerSecond", perSecond(garbage.sent));
        if (server != null) {
            json.put("refused", units());
            json.put("refusedPerSecond", perSecond(units()));
        }
        json.put("survived", garbage.survived);
    }

    private static void put(ObjectNode json, Histogram histogram) {
        json.put("p50", histogram.getValueAtPercentile(50));
        json.put("p90", histogram.getValueAtPercentile(90));
        json.put("p99", histogram.getValueAtPercentile(99));
        json.put("p999", histogram.getValueAtPercentile(99.9));
        json.put("max", histogram.getMaxValue());
    }

    private static void put(ObjectNode json, Usage usage) {
        json.put("cpuNanos", usage.cpuNanos());
        json.put("userNanos", usage.userNanos());
        json.put("systemNanos", usage.systemNanos());
        json.put("busy", usage.busy());
        json.put("residentBytes", usage.residentBytes());
        json.put("receiveDrops", usage.receiveDrops());
    }

    private void putCost(ObjectNode json, Usage usage) {
        if (units() > 0) {
            json.put("cpuNanosPer" + unit(), (double) usage.cpuNanos() / units());
            json.put("userNanosPer" + unit(), (double) usage.userNanos() / units());
            json.put("systemNanosPer" + unit(), (double) usage.systemNanos() / units());
        }
    }

    // ---- For people

    /// Prints the report as lines.
    public void print(PrintWriter out) {
        switch (result) {
            case Echoes echoes -> print(out, echoes);
            case Handshakes handshakes -> print(out, handshakes);
            case Garbage garbage -> print(out, garbage);
        }
        if (server != null) {
            print(out, "server", server);
            printCost(out, server);
        }
        if (generator != null) {
            print(out, "generator", generator);
        }
        if (sendFailures > 0) {
            out.printf(
                    Locale.ROOT,
                    "not sent     %,d packets that the system did not take%n",
                    sendFailures);
        }
    }

    private void print(PrintWriter out, Echoes echoes) {
        out.printf(
                Locale.ROOT,
                "echoes       %,.0f a second: %,d sent, %,d back, %,d lost, %,d late, %,d damaged%n",
                perSecond(echoes.echoes),
                echoes.sent,
                echoes.echoes,
                echoes.lost,
                echoes.late,
                echoes.damaged);
        print(out, "round trip", echoes.roundTrips);
        out.printf(
                Locale.ROOT,
                "generator    had nothing to do in %.0f %% of the time%n",
                (double) echoes.idleNanos * PERCENT / measuredNanos);
        if (echoes.disconnected > 0) {
            out.printf(
                    Locale.ROOT,
                    "clients      %,d were disconnected by the server%n",
                    echoes.disconnected);
        }
    }

    private void print(PrintWriter out, Handshakes handshakes) {
        out.printf(
                Locale.ROOT,
                "connects     %,.0f a second: %,d, and %,d were denied%n",
                perSecond(handshakes.connects),
                handshakes.connects,
                handshakes.denied);
        print(out, "handshake", handshakes.durations);
    }

    private void print(PrintWriter out, Garbage garbage) {
        out.printf(
                Locale.ROOT,
                "garbage      %,.0f a second: %,d sent%n",
                perSecond(garbage.sent),
                garbage.sent);
        if (server != null) {
            out.printf(
                    Locale.ROOT, "refused      %,.0f a second: %,d%n", perSecond(units()), units());
        }
        if (!garbage.survived) {
            out.printf(Locale.ROOT, "clients      the one beside the garbage was disconnected%n");
        }
    }

    private static void print(PrintWriter out, String name, Histogram histogram) {
        out.printf(
                Locale.ROOT,
                "%-12s p50 %,.0f us, p90 %,.0f us, p99 %,.0f us, p99.9 %,.0f us%n",
                name,
                histogram.getValueAtPercentile(50) / NANOS_PER_MICRO,
                histogram.getValueAtPercentile(90) / NANOS_PER_MICRO,
                histogram.getValueAtPercentile(99) / NANOS_PER_MICRO,
                histogram.getValueAtPercentile(99.9) / NANOS_PER_MICRO);
    }

    private static void print(PrintWriter out, String name, Usage usage) {
        out.printf(
                Locale.ROOT,
                "%-12s %.1f %% of a core, %.1f MB resident, %,d packets dropped by its sockets%n",
                name,
                usage.busy() * PERCENT,
                usage.residentBytes() / BYTES_PER_MEGABYTE,
                usage.receiveDrops());
    }

    private void printCost(PrintWriter out, Usage usage) {
        if (units() > 0) {
            out.printf(
                    Locale.ROOT,
                    "cost         %,.0f ns of the server's CPU for each %s (%,.0f user, %,.0f"
                            + " system)%n",
                    (double) usage.cpuNanos() / units(),
                    unit().toLowerCase(Locale.ROOT),
                    (double) usage.userNanos() / units(),
                    (double) usage.systemNanos() / units());
        }
    }
}
