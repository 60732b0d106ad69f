package dev.hawser.backend.fleet;

import dev.hawser.backend.registry.Page;
import dev.hawser.backend.registry.ServerStart;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Marks, presences, bans and commands of a fleet, as the ports promise them.
///
/// It asks no clock: [#handleTimeout] comes before each step and says what time it is. Not for
/// several threads.
final class FleetMemory {
    private static final long ENDED_NANOS =
            TimeUnit.SECONDS.toNanos(AdmissionStore.ENDED_MEMORY_SECONDS);

    private final Limits limits;
    private final Marks marks;
    private final LiveStarts starts;
    private final NavigableMap<Long, Ban> bans = new TreeMap<>();

    /// Connections that are over, for what asks for them on its way still, with when to forget it;
    /// the first comes first.
    private final SequencedMap<AdmissionStore.Ended, Long> ended = new LinkedHashMap<>();

    private long nowNanos;
    private long nowUnixSeconds;
    private long refused;
    private long commandsLost;

    /// How much it keeps at most.
    record Limits(int marksMax, int presencesMax, int bansMax, int endedMax, int startsMax) {}

    /// @param timeoutNanos of silence, after which a server is gone
    FleetMemory(Limits limits, long timeoutNanos) {
        this.limits = limits;
        marks = new Marks(limits.marksMax);
        starts = new LiveStarts(limits.startsMax, timeoutNanos);
    }

    /// Takes what time it is, and forgets what is over.
    ///
    /// @param nowNanos which start at 0 and never run backwards
    void handleTimeout(long nowNanos, long nowUnixSeconds) {
        this.nowNanos = nowNanos;
        this.nowUnixSeconds = nowUnixSeconds;
        marks.handleTimeout(nowNanos);
        starts.handleTimeout(nowNanos);
        while (!ended.isEmpty() && ended.firstEntry().getValue() <= nowNanos) {
            ended.pollFirstEntry();
        }
    }

    // ---- Servers

    void announced(ServerStart server) {
        starts.announced(server, nowNanos);
    }

    void over(ServerStart server) {
        starts.end(server);
    }

    // ---- Admissions

    /// @throws IllegalStateException when there is no room for what would have to be remembered of
    ///   one of them; those before it have their answer, which they get when they ask again
    List<Admission> admit(ServerStart server, List<Newcomer> newcomers, int lifetimeSeconds) {
        LiveStarts.Live live = starts.asks(server, nowNanos);
        return newcomers.stream()
                .map(newcomer -> admit(server, live, newcomer, lifetimeSeconds))
                .toList();
    }

    private Admission admit(
            ServerStart server,
            LiveStarts.@Nullable Live live,
            Newcomer newcomer,
            int lifetimeSeconds) {
        Marks.Mark mark = marks.find(newcomer.tokenTag());
        if (mark != null) {
            return mark.server().equals(server) ? mark.answer() : new Admission.TokenUsed();
        }
        if (isExpired(newcomer, lifetimeSeconds)) {
            return new Admission.Expired();
        }
        checkRoomForMark();
        Presence former = starts.where(newcomer.clientId());
        boolean isLate =
                live == null || hasEnded(newcomer) || hasLaterOne(former, server, newcomer);
        Admission answer = isLate ? new Admission.TokenUsed() : answer(newcomer);
        if (answer instanceof Admission.Admitted && live != null) {
            if (former == null) {
                checkRoomForPlayer();
            }
            supersede(former, server);
            starts.add(live, presence(server, newcomer));
        }
        mark(server, newcomer, answer, lifetimeSeconds);
        return answer;
    }

    private boolean isExpired(Newcomer newcomer, int lifetimeSeconds) {
        long expiresAt = newcomer.expiresAtUnixSeconds();
        // Of subtractions none can overflow where both are times.
        return expiresAt < 0
                || expiresAt <= nowUnixSeconds - AdmissionStore.EXPIRY_SLACK_SECONDS
                || expiresAt - lifetimeSeconds - AdmissionStore.EXPIRY_SLACK_SECONDS
                        > nowUnixSeconds;
    }

    private static boolean hasLaterOne(
            @Nullable Presence presence, ServerStart server, Newcomer newcomer) {
        return presence != null
                && presence.server().equals(server)
                && presence.connectionId().compareTo(newcomer.connectionId()) > 0;
    }

    private Admission answer(Newcomer newcomer) {
        Ban ban = ban(newcomer.clientId());
        return ban == null
                ? new Admission.Admitted(newcomer.connectionId())
                : new Admission.Banned(ban);
    }

    private boolean hasEnded(Newcomer newcomer) {
        return ended.containsKey(
                new AdmissionStore.Ended(newcomer.clientId(), newcomer.connectionId()));
    }

    private void checkRoomForMark() {
        if (marks.isFull()) {
            refused++;
            throw new IllegalStateException(
                    "a newcomer is one more than the "
                            + limits.marksMax
                            + " tokens that this store remembers: raise tokensMax");
        }
    }

    private void checkRoomForPlayer() {
        if (starts.presences() >= limits.presencesMax) {
            refused++;
            throw new IllegalStateException(
                    "a newcomer is one more than the "
                            + limits.presencesMax
                            + " players that this store takes: raise playersMax");
        }
    }

    private void supersede(@Nullable Presence former, ServerStart server) {
        if (former != null && !former.server().equals(server)) {
            queue(
                    former.server(),
                    new ServerCommand.Kick(
                            former.clientId(),
                            former.connectionId(),
                            ServerCommand.Why.REPLACED,
                            ""));
        }
    }

    private Presence presence(ServerStart server, Newcomer newcomer) {
        return new Presence(newcomer.clientId(), server, newcomer.connectionId(), nowUnixSeconds);
    }

    private void mark(
            ServerStart server, Newcomer newcomer, Admission answer, int lifetimeSeconds) {
        long lifeNanos =
                TimeUnit.SECONDS.toNanos(lifetimeSeconds + AdmissionStore.MARK_SLACK_SECONDS);
        marks.add(new Marks.Mark(newcomer.tokenTag(), server, answer, nowNanos + lifeNanos));
    }

    void release(List<AdmissionStore.Ended> over) {
        for (AdmissionStore.Ended each : over) {
            Presence presence = starts.where(each.clientId());
            if (presence != null && presence.connectionId().equals(each.connectionId())) {
                starts.remove(each.clientId());
            }
            ended.putLast(each, nowNanos + ENDED_NANOS);
            if (ended.size() > limits.endedMax) {
                ended.pollFirstEntry();
            }
        }
    }

    Set<ConnectionId> reconcile(ServerStart server, List<Newcomer> present, int lifetimeSeconds) {
        LiveStarts.Live live = starts.asks(server, nowNanos);
        Set<ConnectionId> over = new HashSet<>();
        for (Newcomer each : present) {
            if (live == null || !isStillPresent(live, each, lifetimeSeconds)) {
                over.add(each.connectionId());
            }
        }
        return over;
    }

    private boolean isStillPresent(LiveStarts.Live live, Newcomer each, int lifetimeSeconds) {
        Presence presence = starts.where(each.clientId());
        Marks.Mark mark = marks.find(each.tokenTag());
        boolean isOver =
                hasEnded(each)
                        || (presence != null && !presence.server().equals(live.server))
                        || hasLaterOne(presence, live.server, each)
                        || (mark != null && !mark.server().equals(live.server))
                        || ban(each.clientId()) != null;
        if (isOver) {
            return false;
        }
        if (presence == null) {
            checkRoomForPlayer();
        }
        if (presence == null || !presence.connectionId().equals(each.connectionId())) {
            starts.add(live, presence(live.server, each));
        }
        if (mark == null && !isExpired(each, lifetimeSeconds)) {
            checkRoomForMark();
            mark(live.server, each, new Admission.Admitted(each.connectionId()), lifetimeSeconds);
        }
        return true;
    }

    Optional<Presence> where(long clientId) {
        return Optional.ofNullable(starts.where(clientId));
    }

    Page<Presence> players(String serverId, String cursor, int max) {
        return starts.players(serverId, cursor, max);
    }

    // ---- Bans

    /// @throws IllegalStateException when there are too many, and none of them is over
    Optional<Presence> ban(Ban ban) {
        if (bans.size() >= limits.bansMax && !bans.containsKey(ban.clientId())) {
            forgetBans();
            if (bans.size() >= limits.bansMax) {
                throw new IllegalStateException(
                        "a ban is one more than the "
                                + limits.bansMax
                                + " that this store takes: lift some, or raise bansMax");
            }
        }
        bans.put(ban.clientId(), ban);
        return where(ban.clientId());
    }

    boolean unban(long clientId) {
        boolean wasBanned = ban(clientId) != null;
        bans.remove(clientId);
        return wasBanned;
    }

    @Nullable Ban ban(long clientId) {
        Ban ban = bans.get(clientId);
        if (ban != null && isOver(ban)) {
            bans.remove(clientId);
            return null;
        }
        return ban;
    }

    Page<Ban> bans(String cursor, int max) {
        // For an operator, now and then.
        forgetBans();
        return Cursors.page(bans, cursor, max, Ban::clientId);
    }

    private void forgetBans() {
        bans.values().removeIf(this::isOver);
    }

    private boolean isOver(Ban ban) {
        return ban.untilUnixSeconds() <= nowUnixSeconds;
    }

    // ---- Commands

    void queue(ServerStart server, ServerCommand command) {
        LiveStarts.Live live = starts.find(server);
        if (live != null && live.commands.add(command)) {
            commandsLost++;
        }
    }

    List<CommandQueue.Queued> next(ServerStart server, Collection<String> acknowledged) {
        LiveStarts.Live live = starts.find(server);
        if (live == null) {
            return List.of();
        }
        live.commands.removeAll(acknowledged);
        return live.commands.first(CommandQueue.COMMANDS_OF_ANSWER_MAX);
    }

    // ---- Looks

    InMemoryFleetStats figures() {
        return new InMemoryFleetStats(
                marks.size(),
                starts.presences(),
                bans.size(),
                starts.commands(),
                refused,
                commandsLost);
    }
}
