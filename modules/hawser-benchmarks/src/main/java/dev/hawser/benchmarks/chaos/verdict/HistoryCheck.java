package dev.hawser.benchmarks.chaos.verdict;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Judges what a fleet has promised by the history of a run: one file, a line for each event.
///
/// What it allows: news of a player who came elsewhere, or of a ban, reaches a server within a
/// heartbeat, and [#SLACK_NANOS] besides for a busy machine. The time counts while that server, the
/// services and the store are all there, begins anew when a fault among these ends, and
/// [#RECOVERY_NANOS] after that, since a server that got no answer waits before it asks again.
///
/// Where a program of the harness had no processor for more than a second, nothing is said about
/// time, but counted: connections end when both sides are silent, whatever the product does.
public final class HistoryCheck {
    /// What programs take that have the processor for themselves only now and then.
    static final long SLACK_NANOS = 2 * Span.SECOND;

    /// In which whoever was refused, or heard nothing, tries again.
    static final long RECOVERY_NANOS = 5 * Span.SECOND;

    /// In which everybody is back when all that is needed is there.
    static final long BACK_NANOS = 3 * Span.SECOND;

    /// How long a token that was used may be unknown to the replica.
    static final long UNREPLICATED_NANOS = Span.SECOND;

    /// How long somebody may knock before he is let in.
    static final long KNOCKING_NANOS = 10 * Span.SECOND;

    /// How long after a server's death its players notice it at the latest.
    static final long NOTICED_NANOS = 30 * Span.SECOND;

    private static final int EXAMPLES = 5;

    /// What is promised.
    public enum Claim {
        /// A token opens one connection in the whole fleet.
        TOKEN_ONCE,
        /// No server has more players than slots.
        CAPACITY,
        /// A player is at one server, and at two for no longer than a heartbeat.
        PRESENT_ONCE,
        /// Who is banned gets in no more, and is out within a heartbeat.
        BAN_ACTS,
        /// Who is not at a server that was killed stays connected.
        STAYS,
        /// Who is at none is back soon when all that it needs is there.
        BACK
    }

    /// What is to be said of a history.
    ///
    /// @param found of each claim, what it does not hold for
    /// @param figures of the whole
    public record Verdict(Map<Claim, List<String>> found, List<String> figures) {
        public boolean isWell() {
            return found.values().stream().allMatch(List::isEmpty);
        }

        /// {@return what it is to be said, figures first}
        public List<String> lines() {
            List<String> lines = new ArrayList<>(figures);
            found.forEach((claim, findings) -> {
                lines.add(
                        claim
                                + ": "
                                + (findings.isEmpty() ? "holds" : findings.size() + " times not"));
                findings.stream().limit(EXAMPLES).forEach(each -> lines.add("  " + each));
            });
            return lines;
        }
    }

    private final Map<Claim, List<String>> found = new EnumMap<>(Claim.class);
    private final List<Event> events;
    private final Seats seats;
    private final Troubles troubles;
    private final Devices devices;
    private final Bans bans;
    private final long heartbeatNanos;

    /// Whose token it is, by its tag.
    private final Map<String, String> owners = new HashMap<>();

    private int excused;
    private int unjudged;

    private HistoryCheck(List<String> lines) {
        events =
                lines.stream()
                        .map(Event::parse)
                        .sorted(Comparator.comparingLong(Event::nanos))
                        .toList();
        Event setting =
                events.stream()
                        .filter(event -> event.what().equals("setting"))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("no line has 'setting'"));
        heartbeatNanos = Long.parseLong(setting.value("heartbeatSeconds")) * Span.SECOND;
        seats = new Seats(events, Integer.parseInt(setting.value("slots")));
        troubles = new Troubles(events);
        devices = new Devices(events);
        bans = new Bans(events);
        for (Event event : events) {
            if (event.what().equals("using") && !event.value("id").isEmpty()) {
                owners.put(event.value("tag"), event.value("id"));
            }
        }
        for (Claim claim : Claim.values()) {
            found.put(claim, new ArrayList<>());
        }
    }

    /// Judges a file, and ends with 1 where something does not hold.
    public static void main(String[] args) throws IOException {
        Verdict verdict = judge(Files.readAllLines(Path.of(args[0])));
        verdict.lines().forEach(System.out::println);
        System.exit(verdict.isWell() ? 0 : 1);
    }

    /// {@return what is to be said of a history}
    ///
    /// @throws IllegalArgumentException when a line is none of a history
    public static Verdict judge(List<String> lines) {
        return new HistoryCheck(lines).judge();
    }

    private Verdict judge() {
        tokenOnce();
        findings(Claim.CAPACITY).addAll(seats.tooMany());
        presentOnce();
        banActs();
        stays();
        back();
        return new Verdict(
                found,
                List.of(
                        "seats "
                                + seats.all().size()
                                + ", connections of players "
                                + devices.connections()
                                + ", lost "
                                + devices.lost().size()
                                + ", faults "
                                + troubles.count()
                                + ", failovers "
                                + count("failover")
                                + ", bans "
                                + count("banned")
                                + ", copies that came in first "
                                + count("stole"),
                        "moments without a processor "
                                + troubles.stalls()
                                + ", and what is not judged because of them "
                                + unjudged,
                        "tokens used twice in a failover's last unreplicated moment " + excused,
                        "seats whose token nobody has told "
                                + seats.all().stream()
                                        .filter(seat -> seat.tag().isEmpty())
                                        .count()));
    }

    private long count(String what) {
        return events.stream().filter(event -> event.what().equals(what)).count();
    }

    private List<String> findings(Claim claim) {
        return found.computeIfAbsent(claim, _ -> new ArrayList<>());
    }

    private void add(Claim claim, long nanos, String text) {
        findings(claim).add(nanos + ": " + text);
    }

    // ---- The claims

    private void tokenOnce() {
        Map<String, List<Seat>> byTag =
                seats.all().stream()
                        .filter(seat -> !seat.tag().isEmpty())
                        .collect(Collectors.groupingBy(Seat::tag));
        byTag.forEach((tag, users) -> {
            users.sort(Comparator.comparingLong(seat -> seat.span().from()));
            Seat first = users.getFirst();
            for (Seat next : users.subList(1, users.size())) {
                if (wasLost(first, next)) {
                    excused++;
                } else {
                    add(
                            Claim.TOKEN_ONCE,
                            next.span().from(),
                            "token "
                                    + tag
                                    + " of player "
                                    + next.clientId()
                                    + " is used at "
                                    + next.where()
                                    + ", and was at "
                                    + first.where()
                                    + " at "
                                    + first.span().from());
                }
            }
        });
    }

    /// {@return whether the store lost its primary between the two, just after the first}
    private boolean wasLost(Seat first, Seat next) {
        Span moment = new Span(first.span().from(), first.span().from() + UNREPLICATED_NANOS);
        boolean isFailedOver =
                events.stream()
                        .anyMatch(event ->
                                event.what().equals("failover")
                                        && first.span().from() <= event.nanos()
                                        && event.nanos() <= next.span().from());
        return isFailedOver
                && troubles.ofStore().stream().anyMatch(fault -> fault.and(moment).nanos() > 0);
    }

    private void presentOnce() {
        Map<String, List<Seat>> byPlayer =
                seats.all().stream().collect(Collectors.groupingBy(Seat::clientId));
        byPlayer.forEach((clientId, places) -> {
            places.sort(Comparator.comparingLong(seat -> seat.span().from()));
            for (int i = 0; i < places.size(); i++) {
                for (Seat later : places.subList(i + 1, places.size())) {
                    Seat earlier = places.get(i);
                    if (!earlier.server().equals(later.server())) {
                        together(clientId, earlier, later);
                    }
                }
            }
        });
    }

    private void together(String clientId, Seat earlier, Seat later) {
        Span both = earlier.span().and(later.span());
        // Which of the two has to go is the service's word, so either may be the one that waits.
        List<Span> faults = new ArrayList<>(disturbances(earlier.server()));
        faults.addAll(disturbances(later.server()));
        long nanos = both.longestOutside(faults);
        if (nanos > heartbeatNanos + SLACK_NANOS) {
            add(
                    Claim.PRESENT_ONCE,
                    later.span().from(),
                    "player "
                            + clientId
                            + " is at "
                            + later.where()
                            + ", and for "
                            + seconds(nanos)
                            + " undisturbed also at "
                            + earlier.where());
        }
    }

    private List<Span> disturbances(String server) {
        return troubles.between(server).stream()
                .map(fault -> new Span(fault.from(), later(fault.to(), RECOVERY_NANOS)))
                .toList();
    }

    private static long later(long nanos, long afterNanos) {
        return nanos == Long.MAX_VALUE ? nanos : nanos + afterNanos;
    }

    private void banActs() {
        for (Seat seat : seats.all()) {
            for (Span ban : bans.certain(seat.clientId())) {
                List<Span> faults = disturbances(seat.server());
                // One who was admitted just before is shown his slot just after.
                boolean isNew =
                        !seat.isResumed()
                                && new Span(ban.from(), seat.span().from()).longestOutside(faults)
                                        > SLACK_NANOS
                                && ban.holds(seat.span().from());
                long nanos = seat.span().and(ban).longestOutside(faults);
                if (isNew || nanos > heartbeatNanos + SLACK_NANOS) {
                    add(
                            Claim.BAN_ACTS,
                            seat.span().from(),
                            "player "
                                    + seat.clientId()
                                    + ", banned since "
                                    + ban.from()
                                    + (isNew ? ", gets in at " : ", is still at ")
                                    + seat.where()
                                    + " for "
                                    + seconds(nanos));
                }
            }
        }
    }

    private void stays() {
        Map<String, String> servers = new HashMap<>();
        for (Event event : events) {
            if (event.what().equals("started")) {
                servers.put(event.value("address"), event.value("server"));
            }
        }
        for (Devices.Lost lost : devices.lost()) {
            String server = servers.getOrDefault(lost.address(), "");
            Span noticed = new Span(lost.nanos() - NOTICED_NANOS, lost.nanos());
            boolean wasKilled =
                    events.stream()
                            .anyMatch(event ->
                                    event.what().equals("dead")
                                            && event.value("server").equals(server)
                                            && noticed.holds(event.nanos()));
            if (troubles.isStalled(new Span(lost.nanos() - 1, lost.nanos()))) {
                unjudged++;
                continue;
            }
            if (!wasKilled && !isElsewhere(lost) && !bans.isPossible(lost.clientId(), noticed)) {
                add(
                        Claim.STAYS,
                        lost.nanos(),
                        lost.device()
                                + " (player "
                                + lost.clientId()
                                + ") loses its connection to server "
                                + server
                                + ": "
                                + lost.why());
            }
        }
    }

    /// {@return whether somebody else knocked with a token of the player's: another device, or who
    /// had copied one}
    ///
    /// Being admitted ends the older connection, also when the newer one comes to nothing after
    /// that.
    private boolean isElsewhere(Devices.Lost lost) {
        Span meanwhile = new Span(lost.since() - KNOCKING_NANOS, lost.nanos());
        return events.stream()
                .anyMatch(event ->
                        event.what().equals("using")
                                && meanwhile.holds(event.nanos())
                                && !event.value("dev").equals(lost.device())
                                && owners.getOrDefault(event.value("tag"), "")
                                        .equals(lost.clientId()));
    }

    private void back() {
        for (Devices.Waiting waiting : devices.waiting()) {
            if (bans.isPossible(waiting.clientId(), waiting.span())) {
                continue;
            }
            for (Span calm : troubles.calms()) {
                Span late = waiting.span().and(calm);
                if (late.nanos() > BACK_NANOS && troubles.isStalled(late)) {
                    unjudged++;
                } else if (late.nanos() > BACK_NANOS) {
                    add(
                            Claim.BACK,
                            late.from(),
                            waiting.device()
                                    + " (player "
                                    + waiting.clientId()
                                    + ") is without a server for "
                                    + seconds(late.nanos())
                                    + " while everything is there, and for "
                                    + seconds(waiting.span().nanos())
                                    + " in all");
                }
            }
        }
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / (double) Span.SECOND);
    }
}
