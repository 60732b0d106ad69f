package dev.hawser.tests.simulation;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.testkit.SimulatedPacket;
import dev.hawser.testkit.pair.Pair;
import dev.hawser.testkit.pair.RawClient;
import dev.hawser.testkit.pair.SimulatedClient;
import dev.hawser.testkit.pair.SimulatedServer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Small worlds, each made to show one rule at work: what [MutantsTest] runs with the rule and
/// without it. Every method is a scenario; it throws when the rule, or an invariant, is broken.
final class Directed {
    private static final int TYPE_DENIED = 1;
    private static final int TYPE_KEEP_ALIVE = 4;
    private static final int TYPE_PAYLOAD = 5;
    private static final int TYPE_DISCONNECT = 6;
    private static final StatedReason KICKED = StatedReason.of(1000, "kicked");

    private Directed() {}

    private static void check(boolean holds, String problem) {
        if (!holds) {
            throw new AssertionError(problem);
        }
    }

    // ---- Many seeds

    /// Seeds of the simulation, as many as are needed to meet what is rare.
    static void simulation() {
        for (long seed = 0; seed < 24; seed++) {
            new Scenario(seed).run();
        }
    }

    // ---- One connection per token

    static void aTokenThatWasUsedIsRefused() {
        Pair pair = Pair.withSeed(1);
        SimulatedClient client = connected(pair);
        ConnectToken token = client.token();
        client.disconnect();
        pair.driveFor(500);
        client.crash();
        client.connect(token);
        pair.driveFor(2_000);
        check(!client.isConnected(), "a token was used twice");
    }

    static void aReplayedHandshakeSlotsNobody() {
        Pair pair = Pair.withSeed(2);
        List<SimulatedPacket> sent = new ArrayList<>();
        pair.tap(sent::add);
        SimulatedClient client = connected(pair);
        client.disconnect();
        pair.driveFor(500);
        List<SimulatedPacket> recorded = List.copyOf(sent);
        for (SimulatedPacket packet : recorded) {
            if (packet.from().equals(client.address())) {
                pair.deliver(packet.replayed());
                pair.deliver(packet.replayed(pair.newAddress(), packet.to()));
            }
        }
        check(pair.server().machine().connectedClients() == 0, "a ghost was connected");
        check(pair.server().machine().pendingConnections() == 0, "a ghost knocks");
    }

    static void aGivenSlotConsumesEveryTokenOfTheAddress() {
        Pair pair = Pair.withSeed(3);
        RawClient first = pair.newRawClient(pair.newToken(7));
        RawClient second = pair.newRawClient(pair.newToken(7), first.address());
        check(first.challenge(pair.server()) != null, "no challenge");
        check(second.connect(pair.server(), 1), "no slot");
        pair.server().disconnect(0, KICKED);
        check(first.challenge(pair.server()) == null, "a token of the same address lives on");
    }

    static void aTokenBelongsToTheAddressItCameFrom() {
        Pair pair = Pair.withSeed(4);
        ConnectToken token = pair.newToken(7);
        check(pair.newRawClient(token).challenge(pair.server()) != null, "no challenge");
        check(pair.newRawClient(token).challenge(pair.server()) == null, "two challenges");
    }

    // ---- One challenge per pending entry

    static void aRepeatedRequestGetsTheSameChallenge() {
        Pair pair = Pair.withSeed(5);
        RawClient client = pair.newRawClient(pair.newToken(7));
        byte[] first = client.challenge(pair.server());
        byte[] second = client.challenge(pair.server());
        check(Arrays.equals(first, second), "another challenge");
        check(pair.server().machine().pendingConnections() == 1, "another entry");
        check(client.respond(pair.server(), 2, first), "the first challenge is refused");
    }

    static void aChallengeAnswersForItsOwnEntryAlone() {
        Pair pair = Pair.withSeed(6);
        RawClient first = pair.newRawClient(pair.newToken(7));
        RawClient second = pair.newRawClient(pair.newToken(7), first.address());
        byte[] challenge = first.challenge(pair.server());
        check(second.challenge(pair.server()) != null, "no challenge");
        check(!second.respond(pair.server(), 1, challenge), "connected with another's challenge");
    }

    // ---- The history forgets by expiry, and the limits on lifetimes

    static void aFullHistoryRefusesNewTokensRatherThanForget() {
        Pair pair = Pair.withSeed(7).configure(config -> config.tokenHistoryMax(2));
        SimulatedClient first = connected(pair);
        ConnectToken token = first.token();
        SimulatedClient second = connected(pair);
        first.disconnect();
        second.disconnect();
        // What expires in the second of a forgotten token would be refused for that.
        pair.driveFor(2_000);
        RawClient third = pair.newRawClient(pair.newToken(9));
        boolean isThirdAnswered = third.challenge(pair.server()) != null;
        first.crash();
        first.connect(token);
        pair.driveFor(1_000);
        check(!isThirdAnswered, "a full history took a new token");
    }

    static void aHistoryOfExpiredTokensHasRoom() {
        Pair pair =
                Pair.withSeed(8)
                        .tokenLifetimeSeconds(5, 5)
                        .configure(config -> config.tokenHistoryMax(2));
        connected(pair);
        connected(pair);
        pair.driveFor(6_000);
        connected(pair);
        check(pair.server().machine().rememberedTokens() == 1, "expired tokens are remembered");
    }

    static void timeThatRunsBackwardsRevivesNoToken() {
        Pair pair = Pair.withSeed(9).tokenLifetimeSeconds(5, 5);
        SimulatedClient client = connected(pair);
        ConnectToken token = client.token();
        client.disconnect();
        pair.driveFor(6_000);
        connected(pair);
        pair.clock().setUnixSecondsBy(-6);
        pair.driveFor(3_500);
        check(
                pair.newRawClient(token).challenge(pair.server()) == null,
                "a token that had expired is valid again");
    }

    static void aClockThatIsWrongForATickChangesNothing() {
        Pair pair = settled(Pair.withSeed(65).tickMillis(50));
        for (long wrongBySeconds : new long[] {3_600, -3_600}) {
            RawClient client = pair.newRawClient(pair.newToken(7));
            pair.server().setClockAheadBy(wrongBySeconds);
            check(client.challenge(pair.server()) != null, "deaf in a tick of " + wrongBySeconds);
            pair.server().setClockAheadBy(0);
            pair.step();
            check(client.challenge(pair.server()) != null, "deaf after one of " + wrongBySeconds);
        }
    }

    static void aClockThatWasWrongAtTheStartDeafensNobody() {
        for (long wrongBySeconds : new long[] {3_600, -3_600}) {
            Pair pair = settled(Pair.withSeed(66).tickMillis(50));
            pair.server().setClockAheadBy(wrongBySeconds);
            pair.server().restart();
            pair.driveFor(2_000);
            pair.server().setClockAheadBy(0);
            pair.driveFor(3_500);
            SimulatedClient client = pair.newClient();
            client.connect();
            pair.driveForUpTo(1_000, client::isConnected);
            check(client.isConnected(), "deaf after a start that was wrong by " + wrongBySeconds);
        }
    }

    static void theStartMovesWithTheClock() {
        Pair pair = settled(Pair.withSeed(67).tickMillis(50));
        SimulatedClient client = connected(pair);
        ConnectToken token = client.token();
        client.crash();
        pair.driveFor(2_000);
        pair.server().setClockAheadBy(-3_600);
        pair.server().restart();
        pair.driveFor(1_000);
        pair.server().setClockAheadBy(0);
        pair.driveFor(3_500);
        check(
                pair.newRawClient(token).challenge(pair.server()) == null,
                "a token from before the start was answered");
    }

    static void anExpiredTokenIsRefused() {
        Pair pair = Pair.withSeed(10).tokenLifetimeSeconds(5, 30);
        pair.servers();
        pair.driveFor(27_000);
        RawClient client = pair.newRawClient(pair.newToken(7));
        pair.driveFor(5_000);
        check(client.challenge(pair.server()) == null, "an expired token was answered");
    }

    static void aTokenOlderThanTheStartIsRefused() {
        Pair pair = Pair.withSeed(11);
        SimulatedClient client = connected(pair);
        check(pair.server().send(client, 100), "not sent");
        ConnectToken token = client.token();
        pair.driveFor(2_000);
        pair.server().restart();
        client.crash();
        client.connect(token);
        pair.driveFor(1_000);
        pair.server().send(client, 100);
        check(!client.isConnected(), "a token from before the start was accepted");
    }

    static void aTokenThatOutlivesTheLimitIsRefused() {
        Pair pair = Pair.withSeed(12).tokenLifetimeSeconds(40, 30);
        RawClient client = pair.newRawClient(pair.newToken(7));
        check(client.challenge(pair.server()) == null, "a token was accepted that lives too long");
    }

    static void aTokenThatNeverExpiresIsValid() {
        Pair pair = Pair.withSeed(13).tokenLifetimeSeconds(-1, 0);
        connected(pair);
    }

    static void aRestartWithinTheSecondOfTheTokenSharesNoNonce() {
        Pair pair = Pair.withSeed(14).tokenLifetimeSeconds(30, 30);
        pair.servers();
        pair.driveFor(3_100);
        ConnectToken token = pair.newToken(7);
        RawClient client = pair.newRawClient(token);
        check(client.connect(pair.server(), 1), "no slot");
        pair.server().send(0, new byte[] {1});
        pair.server().restart();
        check(client.connect(pair.server(), 2), "no slot after the restart");
        pair.server().send(0, new byte[] {2});
    }

    // ---- Bounded pending state

    static void anAddressHasFourPendingEntries() {
        Pair pair = Pair.withSeed(15);
        RawClient first = pair.newRawClient(pair.newToken(1));
        first.challenge(pair.server());
        for (int i = 2; i <= 6; i++) {
            pair.newRawClient(pair.newToken(i), first.address()).challenge(pair.server());
        }
        check(pair.server().machine().pendingConnections() == 4, "more than four of an address");
    }

    static void aNetworkHasABoundOfPendingEntries() {
        Pair pair = Pair.withSeed(16).configure(config -> config.pendingLimits(4, 3, 100));
        for (int i = 1; i <= 5; i++) {
            NetAddress address = NetAddress.ipv6(0x2001_0db8_0000_0000L, i, 30_000 + i);
            pair.newRawClient(pair.newToken(i), address).challenge(pair.server());
        }
        check(pair.server().machine().pendingConnections() == 3, "more than three of a network");
    }

    static void allPendingEntriesHaveABound() {
        Pair pair = Pair.withSeed(17).configure(config -> config.pendingLimits(4, 64, 5));
        for (int i = 1; i <= 7; i++) {
            pair.newRawClient(pair.newToken(i)).challenge(pair.server());
        }
        check(pair.server().machine().pendingConnections() == 5, "more than five in all");
    }

    static void noPendingEntryOverwritesAnother() {
        Pair pair = Pair.withSeed(18);
        RawClient first = pair.newRawClient(pair.newToken(7));
        RawClient second = pair.newRawClient(pair.newToken(8), first.address());
        byte[] challenge = first.challenge(pair.server());
        check(second.challenge(pair.server()) != null, "no challenge");
        check(first.respond(pair.server(), 1, challenge), "the first entry is gone");
    }

    static void aFailedAttemptLeavesTheNextEntryItsChance() {
        Pair pair = Pair.withSeed(19);
        RawClient[] clients = new RawClient[3];
        byte[][] challenges = new byte[3][];
        NetAddress address = pair.newAddress();
        for (int i = 0; i < 3; i++) {
            clients[i] = pair.newRawClient(pair.newToken(i + 1), address);
            challenges[i] = clients[i].challenge(pair.server());
        }
        check(clients[1].respond(pair.server(), 1, challenges[1]), "the response did not open");
    }

    static void aDisconnectPacketEndsItsEntry() {
        Pair pair = Pair.withSeed(20);
        RawClient client = pair.newRawClient(pair.newToken(7));
        client.challenge(pair.server());
        pair.deliver(client.disconnect(pair.server(), 1));
        check(pair.server().machine().pendingConnections() == 0, "the entry is still there");
    }

    static void anEntryDiesWithTheTimeoutOfItsToken() {
        Pair pair = Pair.withSeed(21).timeoutSeconds(2);
        pair.newRawClient(pair.newToken(7)).challenge(pair.server());
        pair.driveFor(2_500);
        pair.checkNothingLeft();
    }

    static void aTokenNobodySealedIsRefused() {
        Pair pair = Pair.withSeed(22);
        SimulatedServer server = pair.server();
        byte[] request = pair.newRawClient(pair.newToken(7)).request(server).bytes();
        // The private part as a backend would write it, but in clear, behind its own nonce.
        ByteBuffer open = ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN);
        open.position(request.length - 1024).putLong(7).putInt(5).putInt(1);
        open.put((byte) 1).putInt(Integer.reverseBytes((int) server.identity().low()));
        open.putShort((short) server.identity().port());
        pair.deliver(SimulatedPacket.ofStranger(pair.newAddress(), server.address(), request));
    }

    static void aTokenForAnotherServerIsRefused() {
        Pair pair = Pair.withSeed(23).servers(2);
        RawClient client = pair.newRawClient(pair.newToken(7, List.of(pair.server(0))));
        check(client.challenge(pair.server(1)) == null, "a token for another server was answered");
    }

    // ---- Keys leave memory

    static void nothingIsLeftOfAConnection() {
        Pair pair = Pair.withSeed(24).directBuffers(true);
        SimulatedClient client = connected(pair);
        client.send(100);
        pair.driveFor(100);
        client.disconnect();
        pair.driveFor(500);
        pair.checkNothingLeft();
        MemoryProbe probe = MemoryProbe.of(pair.server().machine());
        check(probe.mapsInUse().isEmpty(), "entries are left: " + probe.mapsInUse());
        byte[] keys = new byte[32];
        ByteBuffer.wrap(client.token().toBytes()).get(KEYS_OFFSET, keys);
        String path = probe.pathOfAny(List.of(keys));
        check(path == null, "a key is left in " + path);
    }

    static void nothingIsLeftInTheCiphersOfTheJdk() {
        withCiphers("jdk", Directed::nothingIsLeftOfAConnection);
    }

    static void nothingIsLeftInLibsodium() {
        withCiphers("sodium", Directed::nothingIsLeftOfAConnection);
    }

    private static void withCiphers(String id, Runnable scenario) {
        String before = System.setProperty(Ciphers.PROPERTY, id);
        try {
            scenario.run();
        } finally {
            if (before == null) {
                System.clearProperty(Ciphers.PROPERTY);
            } else {
                System.setProperty(Ciphers.PROPERTY, before);
            }
        }
    }

    /// Behind VERSION, three numbers, nonce, private part, timeout, count and one IPv4 address.
    private static final int KEYS_OFFSET = 13 + 3 * 8 + 24 + 1024 + 4 + 4 + 7;

    static void aDeniedClientLeavesNoKeys() {
        Pair pair = Pair.withSeed(25).maxClients(1);
        SimulatedClient first = connected(pair);
        SimulatedClient second = pair.newClient();
        second.connect();
        pair.driveFor(1_000);
        check(second.state() == ClientState.CONNECTION_DENIED, "not denied");
        first.disconnect();
        pair.driveFor(500);
        pair.checkNothingLeft();
    }

    static void aServerEndsAConnectionWhoseSequenceIsUsedUp() {
        Pair pair = Pair.withSeed(26);
        SimulatedClient client = connected(pair);
        pair.driveFor(300);
        Object slots = MemoryProbe.value(pair.server().machine(), "slots");
        Object slot = ((Object[]) MemoryProbe.value(slots, "slots"))[0];
        MemoryProbe.set(slot, "sequence", (long) MemoryProbe.value(slot, "sequenceLimit") - 1);
        check(pair.server().send(client, 100), "the last number is not used");
        check(!pair.server().send(client, 100), "a number of the next server is used");
        pair.driveFor(10);
        check(pair.server().machine().connectedClients() == 0, "the connection goes on");
    }

    static void aClientEndsAConnectionWhoseSequenceIsUsedUp() {
        Pair pair = Pair.withSeed(27);
        SimulatedClient client = connected(pair);
        Object attempt = MemoryProbe.value(client.machine(), "attempt");
        MemoryProbe.set(attempt, "sequence", -2L);
        check(client.send(100), "the last number is not used");
        for (int i = 0; i < 5; i++) {
            check(!client.send(100), "the sequence has begun again");
        }
    }

    static void aServerWhoseGlobalSequenceIsUsedUpIsSilent() {
        Pair pair = settled(Pair.withSeed(28));
        RawClient client = pair.newRawClient(pair.newToken(7));
        Object packets = MemoryProbe.value(pair.server().machine(), "packets");
        MemoryProbe.set(packets, "globalSequence", -1L);
        byte[] challenge = client.challenge(pair.server());
        check(challenge != null, "the last number is not used");
        client.challenge(pair.server());
        client.respond(pair.server(), 3, challenge);
    }

    // ---- Sequences that never meet

    static void challengesAndKeepAlivesShareNoNonce() {
        connected(settled(Pair.withSeed(29)));
    }

    static void twoServersOfATokenShareNoNonceBeforeTheSlot() {
        Pair pair = Pair.withSeed(30).servers(2);
        RawClient client = pair.newRawClient(pair.newToken(7));
        client.challenge(pair.server(0));
        client.challenge(pair.server(1));
    }

    static void twoServersOfATokenShareNoNonceBehindTheSlot() {
        Pair pair = settled(Pair.withSeed(31).servers(2));
        RawClient client = pair.newRawClient(pair.newToken(7));
        for (int i = 0; i < 2; i++) {
            check(client.connect(pair.server(i), 1 + i), "no slot");
            pair.server(i).send(0, new byte[] {(byte) i});
        }
    }

    static void payloadsShareNoNonce() {
        Pair pair = Pair.withSeed(32);
        SimulatedClient client = connected(pair);
        pair.server().send(client, 50);
        pair.server().send(client, 50);
        client.send(50);
        client.send(50);
    }

    static void aClientCountsOnFromServerToServer() {
        Pair pair = Pair.withSeed(33).servers(2).timeoutSeconds(2);
        SimulatedClient client = pair.newClient();
        client.connect();
        pair.driveUntil(() -> client.state() == ClientState.SENDING_CONNECTION_RESPONSE, 100);
        pair.server(0).crash();
        boolean isConnected = pair.driveForUpTo(5_000, client::isConnected);
        check(isConnected, "did not get on to the next server");
    }

    /// A client may go on to the next server after it was connected, as the reference does.
    static void whatWasMeantForAnEarlierServerIsDropped() {
        Pair pair = Pair.withSeed(34).servers(2);
        RawClient client = pair.newRawClient(pair.newToken(7));
        check(client.connect(pair.server(0), 1), "no slot at the first");
        SimulatedPacket payload = client.payload(pair.server(0), 2, new byte[] {1});
        SimulatedPacket goodbye = client.disconnect(pair.server(0), 3);
        pair.deliver(payload);
        check(client.connect(pair.server(1), 9), "no slot at the second");
        pair.deliver(payload.replayed(client.address(), pair.server(1).address()));
        pair.deliver(goodbye.replayed(client.address(), pair.server(1).address()));
        check(pair.server(1).payloadsReceived() == 0, "an earlier server's payload");
        check(pair.server(1).machine().connectedClients() == 1, "an earlier server's goodbye");
    }

    // ---- Hash lookups

    static void twoStartsHashAddressesDifferently() {
        twoStartsDiffer("slotOfAddress");
    }

    static void twoStartsHashIdsDifferently() {
        twoStartsDiffer("slotOfClientId");
    }

    /// @param index by which a server finds the slots of the same clients
    private static void twoStartsDiffer(String index) {
        Pair pair = Pair.withSeed(35).servers(2);
        for (int i = 1; i <= 12; i++) {
            NetAddress address = pair.newAddress();
            for (SimulatedServer server : pair.servers()) {
                ConnectToken token = pair.newToken(i, List.of(server));
                check(pair.newRawClient(token, address).connect(server, 1), "no slot");
            }
        }
        List<Object> layouts = new ArrayList<>();
        for (SimulatedServer server : pair.servers()) {
            Object slots = MemoryProbe.value(server.machine(), "slots");
            layouts.add(MemoryProbe.value(MemoryProbe.value(slots, index), "entries"));
        }
        check(
                !Objects.deepEquals(layouts.get(0), layouts.get(1)),
                "the hash is the same everywhere");
    }

    // ---- Who gets a slot

    static void anIdAndAnAddressHaveOneSlot() {
        Pair pair = Pair.withSeed(36);
        SimulatedClient client = connected(pair);
        RawClient sameId = pair.newRawClient(pair.newToken(client.id()));
        check(!sameId.connect(pair.server(), 1), "two slots for one id");
        NetAddress address = client.address();
        client.crash();
        client.moveTo(pair.newAddress());
        RawClient sameAddress = pair.newRawClient(pair.newToken(99), address);
        check(!sameAddress.connect(pair.server(), 1), "two slots for one address");
    }

    static void aSlotIsTakenOverOnlyUnderThatPolicy() {
        Pair pair = Pair.withSeed(37).tokenLifetimeSeconds(20, 30);
        pair.servers();
        pair.driveFor(12_000);
        RawClient old = pair.newRawClient(pair.newToken(7));
        check(old.connect(pair.server(), 1), "no slot");
        pair.driveFor(2_000);
        check(!pair.newRawClient(pair.newToken(7)).connect(pair.server(), 1), "taken over");
    }

    static void aSlotIsTakenOverOnlyWithATokenThatCameAfterIt() {
        Pair pair = Pair.withSeed(38).tokenLifetimeSeconds(20, 20).sameClient(SameClient.TAKE_OVER);
        RawClient older = pair.newRawClient(pair.newToken(7));
        check(older.challenge(pair.server()) != null, "no answer");
        RawClient newer = pair.newRawClient(pair.newToken(7));
        check(newer.connect(pair.server(), 1), "no slot");
        check(!older.connect(pair.server(), 1), "taken over with an older token");
    }

    static void aSlotIsTakenOverWithATokenOfTheSameSecond() {
        Pair pair = Pair.withSeed(64).maxClients(1).sameClient(SameClient.TAKE_OVER);
        check(pair.newRawClient(pair.newToken(7)).connect(pair.server(), 1), "no slot");
        check(pair.newRawClient(pair.newToken(7)).connect(pair.server(), 1), "not taken over");
        check(pair.server().machine().connectedClients() == 1, "two slots");
    }

    static void aSlotIsTakenOverWithALaterToken() {
        Pair pair =
                Pair.withSeed(39)
                        .maxClients(1)
                        .tokenLifetimeSeconds(20, 30)
                        .sameClient(SameClient.TAKE_OVER);
        pair.servers();
        pair.driveFor(12_000);
        check(pair.newRawClient(pair.newToken(7)).connect(pair.server(), 1), "no slot");
        pair.driveFor(2_000);
        check(pair.newRawClient(pair.newToken(7)).connect(pair.server(), 1), "not taken over");
        check(pair.server().machine().connectedClients() == 1, "two slots");
    }

    static void theLowestFreeSlotIsTaken() {
        Pair pair = Pair.withSeed(40);
        connected(pair);
        SimulatedClient second = connected(pair);
        connected(pair);
        second.disconnect();
        pair.driveFor(200);
        connected(pair);
    }

    static void aSlotIsUsedAgain() {
        Pair pair = Pair.withSeed(41).maxClients(1);
        SimulatedClient client = connected(pair);
        client.disconnect();
        pair.driveFor(200);
        client.connect();
        pair.driveUntil(client::isConnected, 100);
        client.disconnect();
        pair.driveFor(200);
        pair.checkNothingLeft();
    }

    static void nobodyGetsInWithoutTheApplication() {
        Pair pair = Pair.withSeed(42).asksAdmission(true).admission((_, _) -> {});
        SimulatedClient client = pair.newClient();
        client.connect();
        pair.driveFor(1_000);
        check(!client.isConnected(), "came in without having been admitted");
    }

    static void aClientThatWaitsTooLongIsDenied() {
        Pair pair = Pair.withSeed(43).asksAdmission(true).admission((_, _) -> {});
        SimulatedClient client = pair.newClient();
        client.connect();
        pair.driveFor(8_000);
        check(client.state() == ClientState.CONNECTION_DENIED, "it ended as " + client.state());
    }

    static void aLaterAnswerIsCheckedAgain() {
        List<ServerEvent.Requested> requests = new ArrayList<>();
        Pair pair =
                Pair.withSeed(44)
                        .asksAdmission(true)
                        .admission((_, request) -> requests.add(request));
        SimulatedClient first = pair.newClient();
        first.connect();
        pair.driveFor(300);
        SimulatedClient second = pair.newClient(first.id(), pair.newAddress());
        second.connect();
        pair.driveFor(300);
        requests.forEach(pair.server()::admit);
        pair.driveFor(500);
        check(first.isConnected() != second.isConnected(), "not exactly one of them got in");
    }

    static void aRefusedClientStaysOutside() {
        Pair pair =
                Pair.withSeed(45)
                        .asksAdmission(true)
                        .admission((server, request) -> server.refuse(request, KICKED));
        SimulatedClient client = pair.newClient();
        client.connect();
        pair.driveFor(1_000);
        check(client.state() == ClientState.CONNECTION_DENIED, "it ended as " + client.state());
    }

    // ---- Replays and forgeries

    static void aReplayedPayloadIsDropped() {
        Pair pair = Pair.withSeed(46);
        List<SimulatedPacket> sent = new ArrayList<>();
        SimulatedClient client = connected(pair);
        pair.tap(sent::add);
        client.send(50);
        pair.server().send(client, 50);
        pair.driveFor(50);
        List.copyOf(sent).forEach(packet -> pair.deliver(packet.replayed()));
        check(pair.server().payloadsReceived() == 1, "delivered twice");
        check(client.payloadsReceived() == 1, "delivered twice");
    }

    static void aForgedPacketDoesNotMoveTheWindow() {
        Pair pair = Pair.withSeed(47);
        SimulatedClient client = connected(pair);
        byte[] forged = new byte[1 + 8 + 8 + 16];
        forged[0] = (byte) (8 << 4 | TYPE_KEEP_ALIVE);
        forged[6] = 1; // sequence 2^40
        pair.deliver(SimulatedPacket.ofStranger(client.address(), pair.server().address(), forged));
        client.send(50);
        pair.driveFor(50);
        check(pair.server().payloadsReceived() == 1, "deaf to what is authentic");
    }

    static void aForgedPacketIsDropped() {
        Pair pair = Pair.withSeed(48);
        SimulatedClient client = connected(pair);
        byte[] forged = new byte[1 + 2 + 50 + 16];
        forged[0] = (byte) (2 << 4 | TYPE_PAYLOAD);
        forged[2] = 1; // sequence 256
        pair.deliver(SimulatedPacket.ofStranger(client.address(), pair.server().address(), forged));
    }

    static void sequencesInTheUpperHalfAreCountedToo() {
        Pair pair = Pair.withSeed(49);
        RawClient client = pair.newRawClient(pair.newToken(7));
        long start = Long.MIN_VALUE;
        check(client.connect(pair.server(), start), "no slot");
        SimulatedPacket payload = client.payload(pair.server(), start + 1, new byte[] {1});
        pair.deliver(payload);
        pair.deliver(client.payload(pair.server(), start + 400, new byte[] {2}));
        pair.deliver(payload.replayed());
        check(pair.server().payloadsReceived() == 2, "an old payload was delivered again");
    }

    static void theLastSequencesAreHeardToo() {
        Pair pair = Pair.withSeed(50);
        RawClient client = pair.newRawClient(pair.newToken(7));
        check(client.connect(pair.server(), -10), "no slot");
        pair.deliver(client.payload(pair.server(), -9, new byte[] {1}));
        check(pair.server().payloadsReceived() == 1, "a new payload counts as old");
    }

    static void replayedResponsesKeepNobodyAlive() {
        Pair pair = Pair.withSeed(51);
        List<SimulatedPacket> responses = new ArrayList<>();
        pair.tap(packet -> record(packet, 3, responses));
        SimulatedClient client = connected(pair);
        client.crash();
        for (int i = 0; i < 20; i++) {
            pair.driveFor(500);
            responses.forEach(packet -> pair.deliver(packet.replayed()));
        }
    }

    static void whoIsSilentLosesItsSlot() {
        Pair pair = Pair.withSeed(52);
        SimulatedClient client = connected(pair);
        client.crash();
        pair.driveFor(10_000);
    }

    static void aClientThatHearsNothingGivesUp() {
        Pair pair = Pair.withSeed(53);
        SimulatedClient client = connected(pair);
        pair.server().crash();
        pair.driveFor(10_000);
        check(client.state() == ClientState.CONNECTION_TIMED_OUT, "it is " + client.state());
    }

    /// The silence began with the pause: nothing of the client arrives any more.
    static void aServerThatStoodStillHearsOutItsClients() {
        Pair pair = Pair.withSeed(70);
        SimulatedClient client = connected(pair);
        pair.driveFor(500);
        pair.toServer().cut(true);
        client.crash();
        pair.server().pauseMillis(8_000);
        pair.driveFor(8_100);
        check(pair.server().machine().connectedClients() == 1, "nobody was heard out");
        pair.driveFor(10_000);
        check(pair.server().machine().connectedClients() == 0, "a ghost stays");
    }

    static void aClientThatStoodStillHearsOutItsServer() {
        Pair pair = Pair.withSeed(71);
        SimulatedClient client = connected(pair);
        pair.server().crash();
        client.pauseMillis(8_000);
        pair.driveFor(8_100);
        check(client.isConnected(), "nobody was heard out");
        pair.driveFor(10_000);
        check(client.state() == ClientState.CONNECTION_TIMED_OUT, "it is " + client.state());
    }

    static void aServerHasTimeToAnswerTheFirstRequest() {
        Pair pair = Pair.withSeed(72);
        SimulatedClient client = pair.newClient();
        client.connect();
        pair.server().crash();
        client.pauseMillis(8_000);
        pair.driveFor(20_000);
        check(
                client.state() == ClientState.CONNECTION_REQUEST_TIMED_OUT,
                "it is " + client.state());
    }

    static void aClientHearsItsServerAlone() {
        Pair pair = Pair.withSeed(54);
        SimulatedClient client = connected(pair);
        List<SimulatedPacket> sent = new ArrayList<>();
        pair.tap(sent::add);
        pair.toClient().cut(true);
        pair.server().send(client, 50);
        for (SimulatedPacket packet : List.copyOf(sent)) {
            pair.deliver(packet.replayed(pair.newAddress(), client.address()));
        }
        check(client.payloadsReceived() == 0, "heard somebody else");
    }

    static void aClientIsConnectedWhenTheServerSaysSo() {
        connected(Pair.withSeed(55).latencyMillis(50));
    }

    static void repliesAreSmallerThanRequests() {
        Pair pair = Pair.withSeed(56);
        pair.newRawClient(pair.newToken(7)).connect(pair.server(), 1);
    }

    static void aPayloadToAnUnconfirmedClientFollowsAKeepAlive() {
        Pair pair = Pair.withSeed(57);
        RawClient client = pair.newRawClient(pair.newToken(7));
        check(client.connect(pair.server(), 1), "no slot");
        check(pair.server().send(0, new byte[] {1}), "not sent");
        pair.deliver(client.keepAlive(pair.server(), 2));
        check(pair.server().send(0, new byte[] {2}), "not sent");
    }

    static void nobodyIsWokenWithoutAReason() {
        Pair pair = Pair.withSeed(58);
        pair.newClient().connect();
        pair.driveFor(1_000);
    }

    // ---- The extension block

    static void whoDoesNotUnderstandReasonsGetsNone() {
        Pair pair = Pair.withSeed(59);
        RawClient client = pair.newRawClient(pair.newToken(7));
        check(client.connect(pair.server(), 1), "no slot");
        Map<Integer, Integer> bodies = disconnectBodies(pair, client);
        check(bodies.equals(Map.of(0, 10)), "disconnect packets with bodies: " + bodies);
    }

    static void fiveOfTenDisconnectPacketsSayWhy() {
        Pair pair = Pair.withSeed(60).statesReasons(true);
        RawClient client = pair.newRawClient(pair.newToken(7));
        check(client.connect(pair.server(), 1), "no slot");
        int reasonBytes = 4 + KICKED.text().getBytes(StandardCharsets.UTF_8).length;
        Map<Integer, Integer> bodies = disconnectBodies(pair, client);
        check(bodies.equals(Map.of(0, 5, reasonBytes, 5)), "bodies: " + bodies);
    }

    static void everySecondDenialSaysWhy() {
        Pair pair = Pair.withSeed(61).statesReasons(true).maxClients(1);
        connected(pair);
        RawClient client = pair.newRawClient(pair.newToken(7));
        List<Integer> bodies = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            pair.deliver(client.request(pair.server()));
            byte[] body = client.receive(TYPE_DENIED);
            bodies.add(body == null ? -1 : Math.min(body.length, 1));
        }
        check(bodies.equals(List.of(1, 0, 1, 0)), "bodies: " + bodies);
    }

    static void aReasonWithoutTheBlockIsDropped() {
        Pair pair = Pair.withSeed(62);
        RawClient client = pair.newRawClient(pair.newToken(7));
        check(client.connect(pair.server(), 1), "no slot");
        pair.deliver(client.disconnect(pair.server(), 2, new byte[] {1, 0, 0, 0, 'x'}));
        check(pair.server().machine().connectedClients() == 1, "a body was read");
    }

    /// How many disconnect packets came with a body of which length.
    private static Map<Integer, Integer> disconnectBodies(Pair pair, RawClient client) {
        long start = pair.clock().elapsedMillis();
        List<SimulatedPacket> sent = new ArrayList<>();
        pair.tap(packet -> record(packet, TYPE_DISCONNECT, sent));
        pair.server().disconnect(0, KICKED);
        Map<Integer, Integer> lengths = new HashMap<>();
        for (SimulatedPacket packet : sent) {
            byte[] body = client.open(packet);
            lengths.merge(body == null ? -1 : body.length, 1, Integer::sum);
        }
        check(pair.clock().elapsedMillis() == start, "time has passed");
        return lengths;
    }

    // ---- What they share

    /// Lets the second of the start go by, whose tokens get sequences at a random place.
    private static Pair settled(Pair pair) {
        pair.servers();
        pair.driveFor(2_000);
        return pair;
    }

    private static SimulatedClient connected(Pair pair) {
        SimulatedClient client = pair.newClient();
        client.connect();
        pair.driveUntil(client::isConnected, 300);
        return client;
    }

    private static void record(SimulatedPacket packet, int type, List<SimulatedPacket> target) {
        if (packet.typeNumber() == type && packet.length() > 1) {
            target.add(packet);
        }
    }
}
