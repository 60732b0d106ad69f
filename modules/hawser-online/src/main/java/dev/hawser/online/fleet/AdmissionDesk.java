package dev.hawser.online.fleet;

import dev.hawser.ClientId;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionRequest;
import dev.hawser.Refusal;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.ShownToken;
import dev.hawser.protocol.StatedReason;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Whom a server asks its token service about, what it has answered, and what it is to be told of:
/// the inside of [ServerAdmissions].
///
/// A newcomer waits until the service or the bound has decided, then has time to take its slot, is
/// here, and is over; see [FleetConnection.State]. One question is under way at a time, and what it
/// says is put back when it fails.
final class AdmissionDesk {
    /// The most newcomers of one question.
    static final int NEWCOMERS_MAX = 64;

    /// The most ends of connections of one question.
    static final int ENDED_MAX = 256;

    /// The most players that are told of together.
    static final int PRESENT_MAX = 1000;

    private static final int TOKENS_MAX = 1 << 17;

    /// For clients that wait for ever, and those whose tokens wait very long.
    private static final long ANSWER_NANOS_DEFAULT = TimeUnit.SECONDS.toNanos(5);

    private static final long ANSWER_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

    /// A little less than half, at which the server itself says that it did not decide.
    private static final long ANSWER_TENTHS = 4;

    /// Nobody whom a server was told to let in still comes then: it forgets who is silent for 30 s.
    private static final long SEAT_NANOS = TimeUnit.SECONDS.toNanos(35);

    /// Longer than clocks differ, after the last moment at which a token could be shown.
    private static final long MEMORY_SLACK_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final long RECONCILE_NANOS = TimeUnit.SECONDS.toNanos(60);
    static final int RETRY_SECONDS = 5;
    private static final int RETRY_SECONDS_MAX = 60;

    private final boolean admitsWhenUnreachable;
    private final int waitingMax;

    private final FleetConnections connections;
    private final List<WatchedServer> members = new ArrayList<>();

    /// Those that nobody has been asked about.
    private final Deque<FleetConnection> questions = new ArrayDeque<>();

    /// Those of the question that is under way.
    private final List<FleetConnection> asked = new ArrayList<>();

    /// Those that may take a slot, who came first in front.
    private final Deque<FleetConnection> admitted = new ArrayDeque<>();

    private final Untold untold = new Untold();

    private @Nullable Link link;
    private ServiceKnows knows = ServiceKnows.UNKNOWN;
    private long firstDeadlineNanos;
    private long reconcileNanos;
    private boolean hasBegun;
    private boolean askedLast;
    private boolean hasSaidUnlimited;
    private boolean hasSaidUnattached;
    private boolean isOut;
    private int retrySeconds = RETRY_SECONDS;
    private String failure = "no answer";

    private long admittedCount;
    private long refusedCount;
    private long unansweredCount;
    private long admittedUnaskedCount;
    private long turnedAwayCount;
    private long supersededCount;

    /// Whether the service answers questions about newcomers.
    private enum ServiceKnows {
        UNKNOWN,
        NOTHING,
        PLAYERS
    }

    /// The announcer's part.
    record Link(AnnouncerSettings settings, String startId, FleetCalls calls) {
        private long nowNanos() {
            return settings.monotonicClock().getAsLong();
        }
    }

    /// @param waitingMax how many newcomers may wait
    AdmissionDesk(boolean admitsWhenUnreachable, int waitingMax, LongSupplier unixMillis) {
        this.admitsWhenUnreachable = admitsWhenUnreachable;
        this.waitingMax = waitingMax;
        connections = new FleetConnections(unixMillis);
    }

    /// {@return what became of newcomers so far}
    synchronized AdmissionStats stats() {
        return new AdmissionStats(
                admittedCount,
                refusedCount,
                unansweredCount,
                admittedUnaskedCount,
                turnedAwayCount,
                supersededCount,
                untold.lost(),
                waiting(),
                connections.players());
    }

    private int waiting() {
        return questions.size() + asked.size();
    }

    // ---- Newcomers

    /// The game lets a newcomer in.
    synchronized void ask(
            ConnectionRequest request, long clientId, ShownToken token, NetcodeServer member) {
        Link link = this.link;
        if (link == null) {
            sayUnattached();
            refuse(request, new Refusal.Internal(RETRY_SECONDS));
            return;
        }
        watch(member);
        if (!isAskedAbout(link, member)) {
            request.accept();
            return;
        }
        long nowNanos = link.nowNanos();
        connections.forget(nowNanos);
        FleetConnection known = connections.ofToken(token.tag());
        if (known != null) {
            again(nowNanos, known, request);
        } else if (waiting() >= waitingMax || connections.tokens() >= TOKENS_MAX) {
            turnedAwayCount++;
            request.refuse(new Refusal.Internal(RETRY_SECONDS));
        } else {
            FleetConnection newcomer =
                    connections.begin(clientId, member, token, FleetConnection.State.WAITING);
            remember(nowNanos, newcomer);
            waitFor(nowNanos, newcomer, request);
            pump(nowNanos, link);
        }
    }

    private void sayUnattached() {
        if (!hasBegun && !hasSaidUnattached) {
            hasSaidUnattached = true;
            System.getLogger("dev.hawser")
                    .log(
                            Level.ERROR,
                            "Newcomers are refused: the server asks admissions that no announcer"
                                    + " has. Give them to ServerAnnouncer.Builder.admissions.");
        }
    }

    private boolean isAskedAbout(Link link, NetcodeServer member) {
        if (member.maxConnectTokenLifetime().isZero() && !hasSaidUnlimited) {
            hasSaidUnlimited = true;
            link.settings
                    .logger()
                    .log(
                            Level.ERROR,
                            member
                                    + " takes tokens of any lifetime, so that the token service is"
                                    + " not asked about its newcomers: nobody can remember used"
                                    + " tokens for ever. Set maxConnectTokenLifetime.");
        }
        return knows != ServiceKnows.NOTHING && !member.maxConnectTokenLifetime().isZero();
    }

    /// A token is shown again, whose first connection never came about, as far as the server knows.
    private void again(long nowNanos, FleetConnection known, ConnectionRequest request) {
        switch (known.state) {
            case WAITING -> waitAgain(nowNanos, known, request);
            case ADMITTED -> {
                known.request = request;
                letIn(nowNanos, known);
            }
            case HERE, OVER -> refuse(request, known.refusal);
        }
    }

    private void waitAgain(long nowNanos, FleetConnection known, ConnectionRequest request) {
        known.request = request;
        known.deadlineNanos = nowNanos + answerNanos(known.token);
    }

    private void waitFor(long nowNanos, FleetConnection newcomer, ConnectionRequest request) {
        waitAgain(nowNanos, newcomer, request);
        if (waiting() == 0 || newcomer.deadlineNanos - firstDeadlineNanos < 0) {
            firstDeadlineNanos = newcomer.deadlineNanos;
        }
        questions.add(newcomer);
    }

    private static long answerNanos(ShownToken token) {
        if (token.timeoutSeconds() == 0) {
            return ANSWER_NANOS_DEFAULT;
        }
        long tenth = TimeUnit.SECONDS.toNanos(token.timeoutSeconds()) / 10;
        return Math.min(tenth * ANSWER_TENTHS, ANSWER_NANOS_MAX);
    }

    private void remember(long nowNanos, FleetConnection connection) {
        long lifetimeNanos = connection.member.maxConnectTokenLifetime().toNanos();
        connections.remember(
                connection, connection.token, nowNanos + lifetimeNanos + MEMORY_SLACK_NANOS);
    }

    private void refuse(ConnectionRequest request, Refusal refusal) {
        if (request.refuse(refusal)) {
            refusedCount++;
        }
    }

    private void letIn(long nowNanos, FleetConnection newcomer) {
        ConnectionRequest request = newcomer.request;
        if (request == null || !request.accept()) {
            // The game has changed its mind, by throwing.
            release(newcomer);
            return;
        }
        newcomer.state = FleetConnection.State.ADMITTED;
        newcomer.deadlineNanos = nowNanos + SEAT_NANOS;
        admitted.add(newcomer);
    }

    private void turnAway(FleetConnection newcomer, Refusal refusal) {
        newcomer.refusal = refusal;
        if (newcomer.request != null) {
            refuse(newcomer.request, refusal);
        }
    }

    // ---- What the announcer does with it

    /// From now on there is a service to ask.
    ///
    /// @throws IllegalStateException when another announcer has it
    synchronized void attach(Link link) {
        if (this.link != null) {
            throw new IllegalStateException(
                    "these admissions belong to another announcer: make some for each");
        }
        this.link = link;
    }

    /// The server is about to stop.
    synchronized void detach() {
        if (link != null) {
            link.calls.stop();
            link = null;
            asked.forEach(each -> turnAway(each, new Refusal.Internal(RETRY_SECONDS)));
            questions.forEach(each -> turnAway(each, new Refusal.Internal(RETRY_SECONDS)));
            asked.clear();
            questions.clear();
        }
    }

    /// {@return whether a question is under way, or its answer has not been looked at}
    synchronized boolean isCalling() {
        return link != null && link.calls.isCalling();
    }

    /// {@return whether the service knows of players who are here}
    synchronized boolean hasPlayers() {
        return knows == ServiceKnows.PLAYERS && connections.players() > 0;
    }

    /// An announcement was acknowledged.
    ///
    /// @param hasAdmissions whether the service says that it answers
    /// @param wasOut whether it had not heard of this server for a time
    synchronized void acknowledged(boolean hasAdmissions, boolean wasOut) {
        if (hasAdmissions) {
            knows = ServiceKnows.PLAYERS;
        } else if (knows == ServiceKnows.UNKNOWN) {
            absent();
        }
        if (wasOut) {
            tellAll();
        }
    }

    /// Looks at who has come and gone, and at what the service has answered; after each update of
    /// the server.
    synchronized void update(NetcodeServer server) {
        Link link = this.link;
        if (link == null) {
            return;
        }
        watch(server);
        if (knows == ServiceKnows.NOTHING) {
            return;
        }
        long nowNanos = link.nowNanos();
        CallOutcome outcome = link.calls.poll(nowNanos);
        if (outcome != null) {
            take(nowNanos, link, outcome);
        }
        if (knows == ServiceKnows.NOTHING) {
            return;
        }
        for (int i = 0; i < members.size(); i++) {
            WatchedServer member = members.get(i);
            if (!member.server.maxConnectTokenLifetime().isZero()) {
                look(nowNanos, member);
            }
        }
        giveUp(nowNanos);
        connections.forget(nowNanos);
        if (!hasBegun || nowNanos - reconcileNanos >= RECONCILE_NANOS) {
            hasBegun = true;
            reconcileNanos = nowNanos;
            tellAll();
        }
        pump(nowNanos, link);
    }

    @SuppressWarnings("ReferenceEquality") // Servers equal nothing but themselves.
    private void watch(NetcodeServer server) {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).server == server) {
                return;
            }
        }
        members.add(new WatchedServer(server));
    }

    // ---- Who comes and goes

    private void look(long nowNanos, WatchedServer member) {
        if (member.hasNewConnections()) {
            for (long clientId : member.takeConnected()) {
                seen(nowNanos, member.server, clientId);
            }
        }
        if (member.hasNewEnds()) {
            if (member.missesEnds()) {
                List.copyOf(connections.all()).forEach(each -> lookForEnds(List.copyOf(each)));
            }
            for (long clientId : member.takeDisconnected()) {
                lookForEnds(connections.ofClient(clientId));
            }
        }
    }

    private void seen(long nowNanos, NetcodeServer server, long clientId) {
        ConnectedClient client = server.client(new ClientId.Netcode(clientId)).orElse(null);
        ShownToken token = client == null ? null : client.token().orElse(null);
        if (client == null || token == null || connections.of(clientId, client) != null) {
            resumed(nowNanos, clientId, client, token);
            return;
        }
        FleetConnection known = connections.ofToken(token.tag());
        if (known == null || known.state != FleetConnection.State.ADMITTED) {
            // It was here before anybody could ask.
            known = connections.begin(clientId, server, token, FleetConnection.State.HERE);
            remember(nowNanos, known);
            untold.tell(known);
        }
        known.state = FleetConnection.State.HERE;
        known.client = client;
        known.request = null;
        if (known.ending != null) {
            end(known, known.ending);
        }
    }

    private void resumed(
            long nowNanos,
            long clientId,
            @Nullable ConnectedClient client,
            @Nullable ShownToken token) {
        FleetConnection known = client == null ? null : connections.of(clientId, client);
        if (known != null && token != null && !known.token.tag().equals(token.tag())) {
            known.token = token;
            remember(nowNanos, known);
            known.isToBeTold = false;
            untold.tell(known);
        }
    }

    private void lookForEnds(List<FleetConnection> ofPlayer) {
        for (FleetConnection each : ofPlayer) {
            ConnectedClient client = each.client;
            if (client != null && !client.isConnected() && !client.isSuspended()) {
                release(each);
            }
        }
    }

    /// A connection is over, or never comes about.
    private void release(FleetConnection connection) {
        connections.end(connection);
        connection.request = null;
        connection.client = null;
        if (connection.mayBeKnown) {
            untold.addEnd(connection);
            // Where an earlier one goes on, the player is present by that again.
            for (FleetConnection earlier : connections.ofClient(connection.clientId)) {
                if (earlier.state == FleetConnection.State.HERE
                        && earlier.id.compareTo(connection.id) < 0) {
                    untold.tell(earlier);
                }
            }
        }
    }

    private void tellAll() {
        for (List<FleetConnection> ofPlayer : connections.all()) {
            for (FleetConnection each : ofPlayer) {
                if (each.state == FleetConnection.State.HERE) {
                    untold.tell(each);
                }
            }
        }
    }

    /// Those that have waited too long, for the service or for their slot.
    private void giveUp(long nowNanos) {
        if (waiting() > 0 && nowNanos - firstDeadlineNanos >= 0) {
            firstDeadlineNanos = nowNanos + ANSWER_NANOS_MAX;
            asked.forEach(each -> giveUpIfDue(nowNanos, each));
            questions.forEach(each -> giveUpIfDue(nowNanos, each));
            questions.removeIf(each -> each.state != FleetConnection.State.WAITING);
        }
        FleetConnection first = admitted.peekFirst();
        while (first != null
                && (first.state != FleetConnection.State.ADMITTED
                        || nowNanos - first.deadlineNanos >= 0)) {
            admitted.removeFirst();
            if (first.state == FleetConnection.State.ADMITTED) {
                release(first);
            }
            first = admitted.peekFirst();
        }
    }

    private void giveUpIfDue(long nowNanos, FleetConnection newcomer) {
        if (newcomer.state != FleetConnection.State.WAITING) {
            return;
        }
        if (nowNanos - newcomer.deadlineNanos < 0) {
            if (newcomer.deadlineNanos - firstDeadlineNanos < 0) {
                firstDeadlineNanos = newcomer.deadlineNanos;
            }
            return;
        }
        noteOut();
        if (admitsWhenUnreachable) {
            admittedUnaskedCount++;
            newcomer.mayBeKnown = true;
            letIn(nowNanos, newcomer);
            if (newcomer.state == FleetConnection.State.ADMITTED) {
                untold.tell(newcomer);
            }
        } else {
            unansweredCount++;
            turnAway(newcomer, new Refusal.Internal(retrySeconds));
            release(newcomer);
        }
    }

    // ---- Questions

    private void pump(long nowNanos, Link link) {
        if (!link.calls.isFree(nowNanos)) {
            return;
        }
        boolean hasQuestion = !questions.isEmpty() || untold.hasEnds();
        // In turn, so that a flood of newcomers does not keep the service from learning who is
        // here.
        boolean asks = hasQuestion && (!askedLast || !untold.hasPresent());
        askedLast = asks;
        if (asks) {
            Untold.move(questions, asked, NEWCOMERS_MAX);
            asked.forEach(each -> each.mayBeKnown = true);
            int newcomers = asked.size();
            link.calls.post(
                    nowNanos,
                    "admissions",
                    AdmissionsJson.admissions(
                            link.startId, lifetimeSeconds(), asked, untold.takeEnds()),
                    answer -> AdmissionsJson.answers(answer, newcomers));
        } else if (untold.hasPresent()) {
            link.calls.post(
                    nowNanos,
                    "presences",
                    AdmissionsJson.presences(link.startId, lifetimeSeconds(), untold.takePresent()),
                    AdmissionsJson::superseded);
        }
    }

    /// {@return what the tokens of all members are covered by}
    private int lifetimeSeconds() {
        long seconds = 1;
        for (WatchedServer member : members) {
            seconds = Math.max(seconds, member.server.maxConnectTokenLifetime().toSeconds());
        }
        return (int) seconds;
    }

    private void take(long nowNanos, Link link, CallOutcome outcome) {
        switch (outcome) {
            case CallOutcome.Admissions(List<AdmissionAnswer> answers) -> {
                succeed(link);
                for (int i = 0; i < answers.size(); i++) {
                    answered(nowNanos, asked.get(i), answers.get(i));
                }
                asked.clear();
                untold.told();
            }
            case CallOutcome.Presences(var superseded) -> {
                succeed(link);
                for (AdmissionsJson.Shown shown : untold.beingTold()) {
                    FleetConnection connection = shown.connection();
                    if (superseded.contains(connection.id)
                            && connection.state != FleetConnection.State.OVER) {
                        supersededCount++;
                        end(connection, FleetConnection.REPLACED);
                    }
                }
                untold.told();
            }
            case CallOutcome.Absent() when knows == ServiceKnows.UNKNOWN -> absent();
            case CallOutcome.Failed failed -> fail(nowNanos, link, failed);
            case CallOutcome.Absent(), CallOutcome.Acknowledged _, CallOutcome.Withdrawn() ->
                    fail(
                            nowNanos,
                            link,
                            CallOutcome.Failed.lastingHere(
                                    "what answers is no token service, or one of another version:"
                                            + " it does not know of admissions"));
        }
    }

    private void answered(long nowNanos, FleetConnection newcomer, AdmissionAnswer answer) {
        if (newcomer.state == FleetConnection.State.WAITING) {
            if (answer instanceof AdmissionAnswer.Admitted(ConnectionId id)
                    && id.equals(newcomer.id)) {
                admittedCount++;
                letIn(nowNanos, newcomer);
            } else {
                turnAway(newcomer, AdmissionRefusals.of(answer));
                newcomer.mayBeKnown = false;
                release(newcomer);
            }
        } else if (newcomer.state != FleetConnection.State.OVER
                && !(answer instanceof AdmissionAnswer.Admitted)) {
            // It came in while the service was out of reach.
            supersededCount++;
            end(newcomer, AdmissionRefusals.of(answer).stated());
        }
    }

    private void succeed(Link link) {
        link.calls.succeed();
        if (knows == ServiceKnows.UNKNOWN) {
            knows = ServiceKnows.PLAYERS;
        }
        if (isOut) {
            isOut = false;
            log(Level.INFO, "answers about newcomers again.");
        }
    }

    private void fail(long nowNanos, Link link, CallOutcome.Failed failed) {
        link.calls.fail(nowNanos, failed);
        failure = failed.detail();
        retrySeconds = Math.clamp(failed.retryAfterSeconds(), RETRY_SECONDS, RETRY_SECONDS_MAX);
        if (failed.isOfAnother()) {
            // It is there, and knows another start by this name: whom it would never find here.
            Untold.move(questions, asked, Integer.MAX_VALUE);
            for (FleetConnection newcomer : asked) {
                if (newcomer.state == FleetConnection.State.WAITING) {
                    turnAway(newcomer, new Refusal.Internal(retrySeconds));
                    release(newcomer);
                }
            }
            asked.clear();
        }
        putBack();
    }

    private void putBack() {
        for (FleetConnection each : asked.reversed()) {
            if (each.state == FleetConnection.State.WAITING) {
                questions.addFirst(each);
            }
        }
        asked.clear();
        untold.putBack();
    }

    /// The service answers no such questions.
    private void absent() {
        knows = ServiceKnows.NOTHING;
        if (link != null) {
            link.calls.stop();
        }
        putBack();
        log(
                Level.WARNING,
                "is not asked about newcomers, since it does not answer that: a token may be used"
                        + " at several servers, and a player may be at several at a time.");
        while (!questions.isEmpty()) {
            ConnectionRequest request = questions.removeFirst().request;
            if (request != null) {
                request.accept();
            }
        }
        untold.clear();
        admitted.clear();
        connections.clear();
    }

    private void noteOut() {
        if (!isOut) {
            isOut = true;
            log(
                    Level.WARNING,
                    "does not answer about newcomers: "
                            + failure
                            + (admitsWhenUnreachable
                                    ? ". They come in without its word, and it is told later."
                                    : ". They are sent away and told when to come back. Who is"
                                            + " connected plays on."));
        }
    }

    private void log(Level level, String what) {
        if (link != null) {
            link.settings
                    .logger()
                    .log(
                            level,
                            "The token service of the game server '"
                                    + link.settings.serverId()
                                    + "' "
                                    + what);
        }
    }

    // ---- Ends

    /// Ends a connection of a player, and those that he began here before it.
    synchronized void kick(ServerCommand.Kick kick) {
        for (FleetConnection each : connections.ofClient(kick.clientId())) {
            if (each.id.compareTo(kick.connectionId()) <= 0) {
                end(each, kick.reason());
            }
        }
    }

    /// {@return the servers that ask here, one or the members of one}
    synchronized List<NetcodeServer> servers() {
        return members.stream().map(member -> member.server).toList();
    }

    private void end(FleetConnection connection, StatedReason reason) {
        switch (connection.state) {
            case WAITING -> {
                turnAway(connection, AdmissionRefusals.of(reason));
                release(connection);
            }
            // The server has been told to let it in, which cannot be taken back.
            case ADMITTED -> connection.ending = reason;
            case HERE -> {
                ConnectedClient client = connection.client;
                if (client != null && (client.isConnected() || client.isSuspended())) {
                    client.server().disconnect(client, reason);
                }
            }
            case OVER -> {}
        }
    }
}
