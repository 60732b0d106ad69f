package dev.hawser.tests.simulation;

import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.testkit.pair.Pair;
import dev.hawser.testkit.pair.RawClient;
import dev.hawser.testkit.pair.SimulatedServer;
import java.util.Map;

/// Small worlds, each made to show one rule of connections that are lost and go on, and of servers
/// that drain: what [MutantsTest] runs with the rule and without it, as those of [Directed].
final class DirectedResumes {
    private static final int TYPE_DENIED = 1;
    private static final int TYPE_DISCONNECT = 6;
    private static final int NOT_DENIED = -1;
    private static final long ID = 7;
    private static final long OTHER_ID = 8;
    private static final long LONGER_THAN_TIMEOUT_MILLIS = 5_100;
    private static final long KEPT_MILLIS = 10_000;
    private static final long NOTHING_DUE_NANOS = 8_000_000_000L;
    private static final int ENDED_MAX = 4096;
    private static final int CODE = 1001;
    private static final StatedReason KICKED = StatedReason.of(CODE, "kicked");
    private static final StatedReason DRAINING = StatedReason.of(StatedReason.DRAINING, "updated");

    private DirectedResumes() {}

    private static void check(boolean holds, String problem) {
        if (!holds) {
            throw new AssertionError(problem);
        }
    }

    // ---- Kept slots

    static void whoFellSilentHasItsSlotAgain() {
        Pair pair = keeping(201);
        RawClient before = connectedRaw(pair, pair.newToken(OTHER_ID));
        ConnectToken token = pair.newToken(ID);
        connectedRaw(pair, token);
        pair.deliver(before.disconnect(pair.server(), 3));
        fallSilent(pair);
        check(connects(pair, resuming(pair, token)), "it has not resumed");
        check(pair.server().machine().isConnected(1), "in another slot");
        check(lastEvent(pair.server()) instanceof ServerEvent.Resumed, "as somebody new");
    }

    static void aKeptSlotIsNobodyElses() {
        Pair pair = keeping(202).maxClients(1);
        ConnectToken token = pair.newToken(ID);
        connectedRaw(pair, token);
        fallSilent(pair);
        check(
                denialOf(pair, pair.newToken(OTHER_ID)) == StatedReason.SERVER_FULL,
                "somebody else gets it");
        check(connects(pair, resuming(pair, token)), "it has not resumed");
    }

    static void aKeptSlotIsFreeWhenItsTimeIsOver() {
        Pair pair = keeping(203);
        ConnectToken token = pair.newToken(ID);
        connectedRaw(pair, token);
        fallSilent(pair);
        pair.driveFor(KEPT_MILLIS);
        pair.checkNothingLeft();
        check(connects(pair, resuming(pair, token)), "it does not get in");
        check(lastEvent(pair.server()) instanceof ServerEvent.Connected, "not as somebody new");
    }

    /// Nothing is due from when the last one has gone until the kept slot ends: who waits for that
    /// has not stood still.
    static void theEndOfAKeptSlotIsNotPutOffWhenTheLastOneGoes() {
        Pair pair = keeping(221);
        connectedRaw(pair, pair.newToken(ID));
        fallSilent(pair);
        connectedRaw(pair, pair.newToken(OTHER_ID));
        pair.driveFor(0);
        pair.server().disconnect(1, KICKED);
        pair.clock().advanceNanos(NOTHING_DUE_NANOS);
        long leftMillis = KEPT_MILLIS - NOTHING_DUE_NANOS / 1_000_000;
        boolean isOver =
                pair.driveForUpTo(
                        leftMillis, () -> pair.server().machine().suspendedClients() == 0);
        check(isOver, "its slot is kept for longer");
        check(
                lastEvent(pair.server()) instanceof ServerEvent.Disconnected ended
                        && ended.pausedNanos() == 0,
                "the server has stood still: " + lastEvent(pair.server()));
    }

    static void nothingIsKeptOfWhoCannotComeBack() {
        Pair pair = keeping(204).statesReasons(false);
        connectedRaw(pair, pair.newToken(ID));
        pair.driveFor(LONGER_THAN_TIMEOUT_MILLIS);
        pair.checkNothingLeft();
    }

    static void theAddressOfALostClientIsFree() {
        Pair pair = keeping(205);
        RawClient lost = connectedRaw(pair, pair.newToken(ID));
        fallSilent(pair);
        RawClient next = pair.newRawClient(pair.newToken(OTHER_ID), lost.address());
        check(next.connect(pair.server(), 1), "its address is taken");
    }

    static void aPlainTokenEndsWhatIsKept() {
        Pair pair = keeping(206);
        connectedRaw(pair, pair.newToken(ID));
        fallSilent(pair);
        check(connects(pair, pair.newToken(ID)), "it must wait");
        check(pair.server().machine().suspendedClients() == 0, "two slots for one client");
    }

    static void aKeptSlotMayBeGivenUp() {
        Pair pair = keeping(207);
        ConnectToken token = pair.newToken(ID);
        connectedRaw(pair, token);
        fallSilent(pair);
        pair.server().disconnect(0, KICKED);
        pair.checkNothingLeft();
        check(denialOf(pair, resuming(pair, token)) == CODE, "it is not told");
    }

    // ---- Who goes on

    static void whatIsNotKnownToBeLostGoesOnToo() {
        Pair pair = keeping(208);
        ConnectToken token = pair.newToken(ID);
        RawClient former = connectedRaw(pair, token);
        check(connects(pair, resuming(pair, token)), "it has not resumed");
        check(pair.server().machine().connectedClients() == 1, "two slots for one client");
        check(former.receive(TYPE_DISCONNECT) == null, "its former address is told");
    }

    static void nobodyIsAskedTwice() {
        Pair pair = keeping(209).asksAdmission(true);
        ConnectToken token = pair.newToken(ID);
        connectedRaw(pair, token);
        fallSilent(pair);
        pair.admission((server, request) -> server.refuse(request, KICKED));
        check(connects(pair, resuming(pair, token)), "the application was asked again");
    }

    static void nobodyResumesAtTheAddressOfAnother() {
        Pair pair = keeping(210);
        ConnectToken token = pair.newToken(ID);
        connectedRaw(pair, token);
        RawClient other = connectedRaw(pair, pair.newToken(OTHER_ID));
        RawClient again = pair.newRawClient(resuming(pair, token), other.address());
        check(!again.connect(pair.server(), 1), "two clients at one address");
    }

    static void whoWakesDoesNotDisplaceWhatReplacedIt() {
        Pair pair = keeping(211);
        ConnectToken laptop = pair.newToken(ID);
        connectedRaw(pair, laptop);
        fallSilent(pair);
        RawClient phone = connectedRaw(pair, pair.newToken(ID));
        check(
                denialOf(pair, resuming(pair, laptop)) == StatedReason.REPLACED,
                "it is not told that it was replaced");
        check(pair.server().machine().connectedClients() == 1, "the phone is gone");
        pair.deliver(phone.disconnect(pair.server(), 3));
        check(
                denialOf(pair, resuming(pair, laptop)) == StatedReason.REPLACED,
                "it is not told once the phone has left");
    }

    static void aTagIsGoodUntilItsClientKnowsTheNextOne() {
        Pair pair = keeping(212);
        ConnectToken first = pair.newToken(ID);
        connectedRaw(pair, first);
        check(connects(pair, resuming(pair, first)), "it has not resumed");
        ConnectToken third = resuming(pair, first);
        RawClient confirming = pair.newRawClient(third);
        check(confirming.connect(pair.server(), 1), "it has not resumed by the tag it knows of");
        pair.deliver(confirming.keepAlive(pair.server(), 2));
        check(
                denialOf(pair, resuming(pair, first)) == StatedReason.REPLACED,
                "a former tag is good for ever");
        check(connects(pair, resuming(pair, third)), "it has not resumed by its own tag");
    }

    // ---- Who does not

    static void whoWasSentAwayIsToldWhyForAMinute() {
        Pair pair = keeping(213);
        ConnectToken token = pair.newToken(ID);
        connectedRaw(pair, token);
        pair.server().disconnect(0, KICKED);
        check(denialOf(pair, resuming(pair, token)) == CODE, "it is not told");
        pair.driveFor(61_000);
        check(connects(pair, resuming(pair, token)), "it is told for ever");
    }

    static void whoWasSentAwayIsForgotten() {
        Pair pair = keeping(214);
        connectedRaw(pair, pair.newToken(ID));
        Object group = MemoryProbe.value(pair.server().machine(), "group");
        Map<?, ?> ended = (Map<?, ?>) MemoryProbe.value(group, "ended");
        pair.server().disconnect(0, KICKED);
        check(ended.size() == 1, "it is not remembered");
        pair.driveFor(61_000);
        check(ended.isEmpty(), "it is remembered for ever");
    }

    /// As hostile players could, each with as many accounts as it likes: here one slot stands for
    /// all of them.
    static void ofThoseSentAwaySoManyAreRemembered() {
        Pair pair = keeping(221);
        connectedRaw(pair, pair.newToken(ID));
        Object machine = pair.server().machine();
        Object group = MemoryProbe.value(machine, "group");
        Object slot =
                ((Object[]) MemoryProbe.value(MemoryProbe.value(machine, "slots"), "slots"))[0];
        Map<?, ?> ended = (Map<?, ?>) MemoryProbe.value(group, "ended");
        pair.server().disconnect(0, KICKED);
        for (long id = 1; id <= ENDED_MAX; id++) {
            MemoryProbe.set(slot, "clientId", ID + id);
            MemoryProbe.call(group, "ended", pair.clock().nanos(), slot, KICKED);
        }
        check(ended.size() == ENDED_MAX, "more than 4096 are remembered");
    }

    static void whoWasSentAwayBeforeItKnewThatItHadResumedIsTold() {
        Pair pair = keeping(215);
        ConnectToken token = pair.newToken(ID);
        connectedRaw(pair, token);
        check(connects(pair, resuming(pair, token)), "it has not resumed");
        pair.server().disconnect(0, KICKED);
        check(denialOf(pair, resuming(pair, token)) == CODE, "it is not told");
    }

    static void theTagOfSomebodyElseIsWorthNothing() {
        Pair pair = keeping(216);
        ConnectToken kept = pair.newToken(ID);
        connectedRaw(pair, kept);
        fallSilent(pair);
        check(connects(pair, resuming(pair, OTHER_ID, kept)), "it does not get in");
        check(pair.server().machine().suspendedClients() == 1, "it got what is not its own");
        pair.server().disconnect(0, KICKED);
        check(
                denialOf(pair, resuming(pair, OTHER_ID + 1, kept)) == NOT_DENIED,
                "it is told why somebody else was sent away");
    }

    static void whoLeftIsSomebodyNew() {
        Pair pair = keeping(217);
        ConnectToken token = pair.newToken(ID);
        RawClient client = connectedRaw(pair, token);
        pair.deliver(client.disconnect(pair.server(), 3));
        check(connects(pair, resuming(pair, token)), "it does not get in");
        check(lastEvent(pair.server()) instanceof ServerEvent.Connected, "not as somebody new");
    }

    // ---- Servers that drain

    static void aServerThatDrainsKeepsNobody() {
        Pair pair = keeping(218);
        ConnectToken token = pair.newToken(ID);
        connectedRaw(pair, token);
        fallSilent(pair);
        connectedRaw(pair, pair.newToken(OTHER_ID));
        pair.server().drain(DRAINING);
        pair.driveFor(LONGER_THAN_TIMEOUT_MILLIS);
        pair.checkNothingLeft();
        check(
                denialOf(pair, resuming(pair, token)) == StatedReason.DRAINING,
                "it is not told that the server drains");
    }

    static void aServerThatDrainsLetsNobodyIn() {
        Pair pair = keeping(219);
        ConnectToken token = pair.newToken(ID);
        connectedRaw(pair, token);
        RawClient knocking = pair.newRawClient(pair.newToken(OTHER_ID));
        byte[] challenge = knocking.challenge(pair.server());
        RawClient resuming = pair.newRawClient(resuming(pair, token));
        byte[] resumingChallenge = resuming.challenge(pair.server());
        pair.server().drain(DRAINING);
        check(!knocking.respond(pair.server(), 1, challenge), "who knocked gets in");
        check(!resuming.respond(pair.server(), 1, resumingChallenge), "who resumes gets in");
        check(
                denialOf(pair, pair.newToken(OTHER_ID + 1)) == StatedReason.DRAINING,
                "it is not told that the server drains");
        pair.server().sendEverybodyOn(StatedReason.of(StatedReason.MOVED, "go on there"));
    }

    // ---- Several servers

    static void aConnectionGoesOnAtAnotherMember() {
        Pair pair = keeping(220).servers(2).sharesClients(true);
        ConnectToken first = pair.newToken(ID);
        connectedRaw(pair, first);
        fallSilent(pair);
        ConnectToken second = resuming(pair, first);
        RawClient there = pair.newRawClient(second);
        check(there.connect(pair.server(1), 1), "it has not resumed");
        pair.deliver(there.keepAlive(pair.server(1), 2));
        check(lastEvent(pair.server(1)) instanceof ServerEvent.Resumed, "as somebody new");
        check(connects(pair, resuming(pair, second)), "it has not come back");
        pair.driveFor(0);
        check(there.receive(TYPE_DISCONNECT) == null, "who was left is told");
    }

    // ---- What they share

    private static Pair keeping(long seed) {
        return Pair.withSeed(seed).statesReasons(true).keepSlotMillis(KEPT_MILLIS);
    }

    private static ConnectToken resuming(Pair pair, ConnectToken former) {
        return resuming(pair, ID, former);
    }

    private static ConnectToken resuming(Pair pair, long clientId, ConnectToken former) {
        return pair.newToken(clientId, pair.servers(), request -> request.resumes(former.tag()));
    }

    private static boolean connects(Pair pair, ConnectToken token) {
        return pair.newRawClient(token).connect(pair.server(), 1);
    }

    /// Connects and confirms, with packets up to sequence 2.
    private static RawClient connectedRaw(Pair pair, ConnectToken token) {
        RawClient client = pair.newRawClient(token);
        check(client.connect(pair.server(), 1), "no slot");
        pair.deliver(client.keepAlive(pair.server(), 2));
        return client;
    }

    private static void fallSilent(Pair pair) {
        pair.driveFor(LONGER_THAN_TIMEOUT_MILLIS);
        check(pair.server().machine().suspendedClients() == 1, "no slot is kept");
    }

    /// {@return the code with which a client is denied, which one of two denials says}
    private static int denialOf(Pair pair, ConnectToken token) {
        RawClient client = pair.newRawClient(token);
        int code = NOT_DENIED;
        for (int i = 0; i < 2; i++) {
            pair.deliver(client.request(pair.server()));
            byte[] body = client.receive(TYPE_DENIED);
            if (body != null && body.length >= Short.BYTES) {
                code = (body[0] & 0xff) | (body[1] & 0xff) << Byte.SIZE;
            }
        }
        return code;
    }

    private static ServerEvent lastEvent(SimulatedServer server) {
        return server.events().getLast();
    }
}
