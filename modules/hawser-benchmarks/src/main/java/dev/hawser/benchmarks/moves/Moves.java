package dev.hawser.benchmarks.moves;

import dev.hawser.transport.UdpIo;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/// How long players hear nothing when their address changes: by a NAT that rebinds, by another
/// address of their interface, by another interface, over IPv4 and IPv6, every three seconds for a
/// minute each. Nobody may be lost, and no interruption be longer than 0.8 seconds. That takes a
/// machine with time to spare: how long a side stood still at most is printed too.
///
/// `modules/hawser-benchmarks/run moves [SECONDS] [nat|address|interface]… [ipv4|ipv6] [nio|mmsg]
/// [standard]`: with `standard` the tokens do not say that a connection survives, and everybody
/// must be lost. That shows that the addresses do change.
public final class Moves {
    private static final int SECONDS_DEFAULT = 60;

    /// A client of the standard needs its timeout, of five seconds, to be lost.
    private static final int SECONDS_MIN = 15;

    private static final long INTERRUPTION_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(800);
    private static final double NANOS_PER_MILLI = 1e6;

    private static final Logger LOG = Logger.getLogger("dev.hawser");

    private Moves() {}

    /// Measures, prints, and ends with 1 where something was not as it must be.
    public static void main(String[] args)
            throws IOException, InterruptedException, ExecutionException {
        List<String> words =
                Arrays.stream(args).map(word -> word.toUpperCase(Locale.ROOT)).toList();
        int seconds =
                words.stream()
                        .filter(word -> word.matches("\\d+"))
                        .mapToInt(Integer::parseInt)
                        .findFirst()
                        .orElse(SECONDS_DEFAULT);
        if (seconds < SECONDS_MIN) {
            System.err.println(seconds + " seconds are too few: take " + SECONDS_MIN + " or more");
            System.exit(2);
        }
        UdpIo io = words.contains("NIO") ? UdpIo.NIO : UdpIo.MMSG;
        boolean survivesMoves = !words.contains("STANDARD");
        // The lines of the table are told apart more easily without the log's.
        LOG.setLevel(Level.OFF);
        boolean isWell = true;
        System.out.printf(
                "%-10s %-5s %-5s %8s %6s %5s   %-20s %-20s %s%n",
                "change",
                "ip",
                "io",
                "changes",
                "moves",
                "lost",
                "to server, ms",
                "to clients, ms",
                "stall, ms");
        for (Change change : Change.values()) {
            for (boolean isIpv6 : new boolean[] {false, true}) {
                if (isWished(words, change.name(), Change.class)
                        && !words.contains(isIpv6 ? "IPV4" : "IPV6")) {
                    var setting = new Trial.Setting(change, isIpv6, io, survivesMoves);
                    Trial.Outcome outcome = Trial.run(setting, seconds);
                    print(outcome);
                    isWell &= isAsItMustBe(outcome);
                }
            }
        }
        System.exit(isWell ? 0 : 1);
    }

    private static boolean isWished(List<String> words, String name, Class<Change> all) {
        boolean isChosen =
                Arrays.stream(all.getEnumConstants()).anyMatch(one -> words.contains(one.name()));
        return !isChosen || words.contains(name);
    }

    private static boolean isAsItMustBe(Trial.Outcome outcome) {
        if (!outcome.setting().survivesMoves()) {
            return outcome.moves() == 0 && outcome.lost() == Trial.CLIENTS;
        }
        return outcome.lost() == 0
                && outcome.moves() == outcome.changes()
                && outcome.toServer().largestNanos() <= INTERRUPTION_NANOS_MAX
                && outcome.toClients().largestNanos() <= INTERRUPTION_NANOS_MAX;
    }

    private static void print(Trial.Outcome outcome) {
        Trial.Setting setting = outcome.setting();
        System.out.printf(
                "%-10s %-5s %-5s %8d %6d %5d   %-20s %-20s %.0f%n",
                setting.change().name().toLowerCase(Locale.ROOT),
                setting.isIpv6() ? "IPv6" : "IPv4",
                setting.io().name().toLowerCase(Locale.ROOT),
                outcome.changes(),
                outcome.moves(),
                outcome.lost(),
                medianAndLargest(outcome.toServer()),
                medianAndLargest(outcome.toClients()),
                outcome.stallNanos() / NANOS_PER_MILLI);
        outcome.reasons().stream().distinct().forEach(reason -> System.out.println("  " + reason));
    }

    private static String medianAndLargest(Trial.Interruptions interruptions) {
        return String.format(
                Locale.ROOT,
                "p50 %.0f, max %.0f",
                interruptions.medianNanos() / NANOS_PER_MILLI,
                interruptions.largestNanos() / NANOS_PER_MILLI);
    }
}
