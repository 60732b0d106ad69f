package dev.hawser.tests.simulation;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.testkit.SimulatedPacket;
import dev.hawser.testkit.pair.Direction;
import dev.hawser.testkit.pair.Pair;
import dev.hawser.testkit.pair.PathStep;
import dev.hawser.testkit.pair.RawClient;
import dev.hawser.testkit.pair.SimulatedClient;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.RawPath;
import dev.hawser.tests.rig.Rig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Small worlds, each made to show one rule of connections that survive a changed address: what
/// [MutantsTest] runs with the rule and without it, as those of [Directed].
final class DirectedPaths {
    private static final int TYPE_PATH_REQUEST = 7;
    private static final int TYPE_PATH_ANSWER = 8;
    private static final StatedReason KICKED = StatedReason.of(1000, "kicked");
    private static final byte[] NOTHING_HEARD = {-1, -1, -1, -1, -1, -1, -1, -1};

    private DirectedPaths() {}

    // ---- The client asks

    static void aClientThatHearsNothingAsksForItsPath() {
        Pair pair = survivor(101);
        SimulatedClient client = connected(pair);
        client.rebind();
        check(movesWithin(pair, 1_000), "it has not moved");
        pair.driveFor(6_000);
        check(client.isConnected(), "it is lost");
        check(!client.machine().isProbing(), "it asks for ever");
    }

    static void aClientWhoseNetworkHasChangedAsksAtOnce() {
        Pair pair = survivor(102);
        SimulatedClient client = connected(pair);
        client.moveTo(pair.newIpv6Address());
        client.networkChanged();
        check(movesWithin(pair, 100), "it asks late");
    }

    /// Its NAT has another port for it, but still knows the old one.
    static void aClientOfWhichNothingIsHeardAsks() {
        Pair pair = survivor(103);
        SimulatedClient client = connected(pair);
        client.rebind(60_000);
        pair.driveFor(10_000);
        check(client.isConnected(), "it is lost");
        check(moves(pair) == 1, "it has not moved");
    }

    /// The server does not know yet that the client knows that it is connected.
    static void aClientThatMovesBeforeItIsHeardIsTold() {
        Pair pair = survivor(128).latencyMillis(20);
        SimulatedClient client = pair.newClient();
        client.connect();
        pair.driveUntil(client::isConnected, 300);
        client.rebind(60_000);
        pair.driveFor(10_000);
        check(client.isConnected(), "it is lost");
        check(moves(pair) == 1, "it has not moved");
    }

    static void aClientThatMayNotKnowThatItIsConnectedGetsKeepAlives() {
        Pair pair = survivor(129);
        int[] keepAlives = {0};
        RawClient client = pair.newRawClient(pair.newToken(7));
        check(client.connect(pair.server(), 1), "no slot");
        pair.tap(packet -> keepAlives[0] += packet.typeNumber() == 4 ? 1 : 0);
        pair.driveFor(3_000);
        check(keepAlives[0] >= 25, "keep-alives: " + keepAlives[0]);
    }

    static void aClientAsksUntilItIsConfirmed() {
        Pair pair = survivor(104);
        SimulatedClient client = connected(pair);
        client.cut(Direction.TO_CLIENT, true);
        client.moveTo(pair.newAddress());
        pair.driveFor(3_000);
        check(client.machine().isProbing(), "it has stopped to ask");
        client.cut(Direction.TO_CLIENT, false);
        pair.driveFor(1_000);
        check(moves(pair) == 1, "it has not moved");
        check(!client.machine().isProbing(), "it asks for ever");
    }

    static void aStandardClientSeesNothingOfIt() {
        Pair pair = Pair.withSeed(105).latencyMillis(10);
        List<SimulatedPacket> sent = new ArrayList<>();
        pair.tap(sent::add);
        SimulatedClient client = connected(pair);
        client.rebind();
        client.networkChanged();
        pair.driveFor(4_000);
        check(
                sent.stream().noneMatch(packet -> packet.typeNumber() > 6),
                "a packet that the standard does not know");
    }

    // ---- The server moves

    static void onlyTheNewestPacketTellsOfAnotherAddress() {
        Pair pair = survivor(106);
        RawClient client = connectedRaw(pair);
        SimulatedPacket late = client.pathRequest(pair.server(), 3);
        pair.deliver(client.keepAlive(pair.server(), 4));
        pair.deliver(late.replayed(pair.newAddress(), late.to()));
        check(drops(pair, Drop.PATH_OVERTAKEN) == 1, "a late copy was heeded");
    }

    static void anAddressOfAnotherClientIsNotMovedTo() {
        Pair pair = survivor(107);
        SimulatedClient other = connected(pair);
        RawClient client = connectedRaw(pair);
        NetAddress taken = other.address();
        other.moveTo(pair.newAddress());
        client.moveTo(taken);
        pair.deliver(client.pathRequest(pair.server(), 3));
        byte[] challenge = client.receive(TYPE_PATH_ANSWER);
        if (challenge != null) {
            pair.deliver(client.pathResponse(pair.server(), 4, challenge));
        }
        check(drops(pair, Drop.ADDRESS_CONNECTED) == 1, "an address that is taken");
    }

    static void aMoveAnswersItsChallenge() {
        Pair pair = survivor(108);
        RawClient client = connectedRaw(pair);
        client.moveTo(pair.newAddress());
        challenge(pair, client, 3);
        pair.deliver(client.pathResponse(pair.server(), 4, new byte[8]));
        check(moves(pair) == 0, "moved without an answer");
    }

    static void aChallengeIsAnsweredFromWhereItWent() {
        Pair pair = survivor(109);
        RawClient client = connectedRaw(pair);
        client.moveTo(pair.newAddress());
        byte[] challenge = challenge(pair, client, 3);
        client.moveTo(pair.newAddress());
        pair.deliver(client.pathResponse(pair.server(), 4, challenge));
        check(moves(pair) == 0, "moved to where no challenge went");
    }

    static void aCandidateDies() {
        Pair pair = survivor(110);
        RawClient client = connectedRaw(pair);
        client.moveTo(pair.newAddress());
        byte[] challenge = challenge(pair, client, 3);
        pair.driveFor(2_000);
        pair.deliver(client.pathResponse(pair.server(), 4, challenge));
        check(moves(pair) == 0, "moved to an old candidate");
        check(count(pair, PathStep.CANDIDATE_DIED) == 1, "it has not died");
    }

    static void aNewerPacketFromHomeEndsTheCandidate() {
        Pair pair = survivor(111);
        RawClient client = connectedRaw(pair);
        NetAddress home = client.address();
        NetAddress away = pair.newAddress();
        client.moveTo(away);
        byte[] challenge = challenge(pair, client, 3);
        client.moveTo(home);
        pair.deliver(client.keepAlive(pair.server(), 4));
        client.moveTo(away);
        pair.deliver(client.pathResponse(pair.server(), 5, challenge));
        check(moves(pair) == 0, "moved away from where it was heard since");
    }

    static void eachCandidateHasItsOwnChallenge() {
        Pair pair = survivor(112);
        RawClient client = connectedRaw(pair);
        client.moveTo(pair.newAddress());
        byte[] first = challenge(pair, client, 3);
        byte[] again = challenge(pair, client, 4);
        client.moveTo(pair.newAddress());
        byte[] second = challenge(pair, client, 5);
        check(Arrays.equals(first, again), "another challenge for the same address");
        check(!Arrays.equals(first, second), "one challenge for two addresses");
    }

    static void aClientMovesTenTimesASecond() {
        Pair pair = survivor(113);
        RawClient client = connectedRaw(pair);
        for (int i = 0; i < 20; i++) {
            client.moveTo(pair.newAddress());
            byte[] challenge = challenge(pair, client, 3 + 2 * i);
            pair.deliver(client.pathResponse(pair.server(), 4 + 2 * i, challenge));
            pair.driveFor(50);
        }
        check(moves(pair) == 10, "it moved " + moves(pair) + " times");
        check(drops(pair, Drop.PATH_MOVES_LIMIT) == 10, "not all of the rest were dropped");
    }

    static void aMoveEndsWhoIsComingInFromThere() {
        Pair pair = survivor(114);
        RawClient client = connectedRaw(pair);
        client.moveTo(pair.newAddress());
        RawClient newcomer = pair.newRawClient(pair.newToken(99), client.address());
        check(newcomer.challenge(pair.server()) != null, "no challenge");
        byte[] challenge = challenge(pair, client, 3);
        pair.deliver(client.pathResponse(pair.server(), 4, challenge));
        check(pair.server().machine().pendingConnections() == 0, "somebody else still knocks");
    }

    static void aMoveIsConfirmedAtOnce() {
        Pair pair = survivor(115);
        RawClient client = connectedRaw(pair);
        client.moveTo(pair.newAddress());
        byte[] challenge = challenge(pair, client, 3);
        pair.deliver(client.pathResponse(pair.server(), 4, challenge));
        check(Arrays.equals(client.receive(TYPE_PATH_ANSWER), new byte[8]), "not confirmed");
        check(pair.server().send(0, new byte[] {1}), "not sent");
        pair.deliver(client.payload(pair.server(), 5, new byte[] {2}));
        check(pair.server().payloadsReceived() == 1, "not heard from where it is");
        check(client.receive(5) != null, "nothing comes to where it is");
    }

    static void whoeverAsksIsHeard() {
        Pair pair = survivor(116);
        RawClient client = connectedRaw(pair);
        pair.deliver(client.keepAlive(pair.server(), 3));
        client.moveTo(pair.newAddress());
        for (int i = 0; i < 20; i++) {
            pair.driveFor(400);
            challenge(pair, client, 4 + i);
        }
        check(pair.server().machine().isConnected(0), "it is lost");
    }

    static void whatWasAskedOfAnEarlierServerIsDropped() {
        Pair pair = survivor(117).servers(2);
        RawClient client = pair.newRawClient(pair.newToken(7));
        check(client.connect(pair.server(0), 1), "no slot at the first");
        check(client.connect(pair.server(1), 9), "no slot at the second");
        pair.deliver(client.pathRequest(pair.server(1), 3));
        check(client.receive(TYPE_PATH_ANSWER) == null, "an earlier server's path request");
    }

    // ---- Whoever is in between

    /// He sends the copies of what he holds back from his own address, and passes on what comes
    /// there: while he does, he is a relay; once he has gone, the client goes on.
    static void aRelayKeepsNothing() {
        Pair pair = survivor(118).latencyMillis(20);
        SimulatedClient client = connected(pair);
        NetAddress his = pair.newAddress();
        boolean[] isThere = {true};
        pair.intercept(packet -> {
            boolean isTaken = isThere[0] && packet.from().equals(client.address());
            if (isTaken) {
                pair.inject(packet.replayed(his, packet.to()));
            }
            return isTaken;
        });
        pair.listen(
                his,
                packet -> {
                    if (isThere[0]) {
                        pair.inject(packet.replayed(packet.from(), client.address()));
                    }
                });
        pair.driveFor(2_000);
        check(count(pair, PathStep.MOVED) == 1, "he is no relay");
        isThere[0] = false;
        pair.driveFor(7_000);
        check(client.isConnected(), "it is lost");
        check(count(pair, PathStep.MOVED) == 2, "it was not moved back");
    }

    // ---- Numbers

    static void pathPacketsShareNoNonce() {
        Pair pair = survivor(119).latencyMillis(20);
        SimulatedClient client = connected(pair);
        client.moveTo(pair.newAddress());
        client.networkChanged();
        client.send(50);
        pair.server().send(client, 50);
        pair.driveFor(3_000);
    }

    static void aPathRequestIsAnsweredWithLess() {
        Pair pair = survivor(120);
        RawClient client = connectedRaw(pair);
        pair.deliver(client.pathRequest(pair.server(), 3));
        client.moveTo(pair.newAddress());
        pair.deliver(client.pathRequest(pair.server(), 4));
    }

    // ---- Connections that nobody has

    static void aServerThatStartedAgainSaysSo() {
        Pair pair = survivor(121).latencyMillis(20);
        SimulatedClient client = connected(pair);
        pair.server().restart();
        pair.driveForUpTo(700, () -> !client.isConnected());
        check(client.state() == ClientState.DISCONNECTED, "it is " + client.state());
        check(client.machine().isForgotten(), "it does not know why");
    }

    static void aConnectionThatThereIsIsNotReset() {
        Pair pair = survivor(122);
        RawClient client = connectedRaw(pair);
        pair.deliver(client.pathRequest(pair.server(), 3));
    }

    static void aConnectionThatTheServerHasEndedIsNotReset() {
        Pair pair = survivor(123).latencyMillis(20);
        SimulatedClient client = connected(pair);
        pair.toClient().cut(true);
        pair.server().disconnect(client, KICKED);
        pair.toClient().cut(false);
        pair.driveFor(1_500);
        check(drops(pair, Drop.PATH_ENDED) > 0, "it does not ask");
        check(client.isConnected(), "it takes the server for another one");
    }

    static void whatNoServerHasNamedIsMetWithSilence() {
        Pair pair = survivor(124);
        RawClient client = connectedRaw(pair);
        byte[] request = client.pathRequest(pair.server(), 3).bytes();
        request[8] ^= 1; // the last byte of the path id
        NetAddress from = pair.newAddress();
        pair.deliver(SimulatedPacket.ofStranger(from, pair.server().address(), request));
        check(drops(pair, Drop.PATH_UNKNOWN) == 1, "an id that nobody has named");
    }

    static void unknownPathsAreCheckedSeldom() {
        Pair pair = survivor(125);
        RawClient client = connectedRaw(pair);
        byte[] request = client.pathRequest(pair.server(), 3).bytes();
        request[8] ^= 1;
        NetAddress from = pair.newAddress();
        for (int i = 0; i < 1_200; i++) {
            pair.deliver(SimulatedPacket.ofStranger(from, pair.server().address(), request));
        }
        check(drops(pair, Drop.PATH_CHECKS_LIMIT) == 200, "more than a thousand were checked");
        check(count(pair, PathStep.DROPPED_CHECKS_LIMIT) == 200, "they are not counted");
    }

    static void aClientThatHasHeardItsServerBelievesNoReset() {
        Rig rig = new Rig();
        RawPath path = new RawPath(rig.privateKey(), Rig.SERVER);
        Guest guest = asking(rig, path);
        guest.receive(RawPacket.PAYLOAD, 1, new byte[] {1});
        guest.receive(Rig.SERVER, path.reset(path.pathId(7)));
        check(guest.state() == ClientState.CONNECTED, "it forgot whom it had just heard");
    }

    static void aClientBelievesItsOwnResetAlone() {
        Rig rig = new Rig();
        RawPath path = new RawPath(rig.privateKey(), Rig.SERVER);
        Guest guest = asking(rig, path);
        guest.receive(Rig.SERVER, path.reset(path.pathId(8)));
        check(guest.state() == ClientState.CONNECTED, "it believes any word");
        guest.receive(Rig.SERVER, path.reset(path.pathId(7)));
        check(guest.state() == ClientState.DISCONNECTED, "it does not believe its own");
    }

    private static Guest asking(Rig rig, RawPath path) {
        Guest guest = rig.guest().connecting(rig.token().survivesMoves().mint());
        guest.receiveChallenge();
        long pathId = path.pathId(7);
        byte[] word = path.resetWord(pathId);
        guest.receive(RawPacket.KEEP_ALIVE, 0, Guest.slot(2, 16, pathId, word));
        guest.receive(RawPacket.PATH_ANSWER, 2, NOTHING_HEARD);
        check(guest.tick().getFirst().type() == TYPE_PATH_REQUEST, "it does not ask");
        return guest;
    }

    // ---- Pings

    static void aRoundTripIsMeasuredWithoutTheTimeThatAPingIsHeld() {
        Pair pair = survivor(126).latencyMillis(40);
        SimulatedClient client = connected(pair);
        pair.driveFor(10_000);
        long clientNanos = client.machine().meter().roundTripNanos().orElse(0);
        long serverNanos = pair.server().machine().meter(0).roundTripNanos().orElse(0);
        check(Math.abs(clientNanos - 80_000_000) < 1_000_000, "client: round trip " + clientNanos);
        check(Math.abs(serverNanos - 80_000_000) < 1_000_000, "server: round trip " + serverNanos);
    }

    static void bothSidesLearnHowMuchIsLost() {
        Pair pair = survivor(127).latencyMillis(20);
        SimulatedClient client = connected(pair);
        pair.toServer().loss(0.3);
        pair.toClient().loss(0.1);
        for (int i = 0; i < 2_000; i++) {
            client.send(50);
            pair.server().send(client, 50);
            pair.driveFor(16);
        }
        double there = client.machine().meter().outboundLoss().orElse(-1);
        double back = pair.server().machine().meter(0).outboundLoss().orElse(-1);
        check(Math.abs(there - 0.3) < 0.1, "there: loss " + there);
        check(Math.abs(back - 0.1) < 0.07, "back: loss " + back);
    }

    // ---- What they share

    private static void check(boolean holds, String problem) {
        if (!holds) {
            throw new AssertionError(problem);
        }
    }

    private static Pair survivor(long seed) {
        return Pair.withSeed(seed).survivesMoves(true);
    }

    private static SimulatedClient connected(Pair pair) {
        SimulatedClient client = pair.newClient();
        client.connect();
        pair.driveUntil(client::isConnected, 300);
        // The server knows that it is, and the second of the start has gone by.
        pair.driveFor(2_100);
        return client;
    }

    /// Connects and confirms, with packets up to sequence 2.
    private static RawClient connectedRaw(Pair pair) {
        RawClient client = pair.newRawClient(pair.newToken(7));
        check(client.connect(pair.server(), 1), "no slot");
        pair.deliver(client.keepAlive(pair.server(), 2));
        return client;
    }

    private static byte[] challenge(Pair pair, RawClient client, long sequence) {
        while (client.receive(TYPE_PATH_ANSWER) != null) {
            // What was said before is no answer to this.
        }
        pair.deliver(client.pathRequest(pair.server(), sequence));
        byte[] challenge = client.receive(TYPE_PATH_ANSWER);
        check(challenge != null, "no challenge");
        return challenge;
    }

    private static boolean movesWithin(Pair pair, long millis) {
        return pair.driveForUpTo(millis, () -> moves(pair) > 0);
    }

    private static long moves(Pair pair) {
        return pair.server().events().stream().filter(ServerEvent.Moved.class::isInstance).count();
    }

    private static long drops(Pair pair, Drop drop) {
        return pair.server().machine().drops().count(drop);
    }

    private static long count(Pair pair, PathStep step) {
        return pair.invariants().pathSteps().getOrDefault(step, 0L);
    }
}
