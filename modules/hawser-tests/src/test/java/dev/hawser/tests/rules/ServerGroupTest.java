package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerEvent.Cause;
import dev.hawser.protocol.machine.ServerGroup;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Inside;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "Several servers in one process", which share their clients; with
/// docs/protocol.md "Identity" and docs/protocol.md "Hardening" 1, 3 and 6.
class ServerGroupTest {
    private static final NetAddress OTHER_SERVER = NetAddress.parse("203.0.113.5:40001");
    private static final NetAddress SECOND_CLIENT = NetAddress.parse("198.51.100.8:50002");

    private final Rig rig = new Rig();
    private final ServerGroup group = rig.group();

    private Host member() {
        return rig.host(group, config -> config);
    }

    private Host lenientMember() {
        return rig.host(group, config -> config.sameClient(SameClient.TAKE_OVER));
    }

    private Host memberNamed(NetAddress... identity) {
        return rig.host(group, rig.config(identity));
    }

    private Drop dropOf(Host host, Token token) {
        return dropOf(host, token, Rig.CLIENT);
    }

    private Drop dropOf(Host host, Token token, NetAddress from) {
        host.receive(from, token.request());
        return host.lastDrop();
    }

    private Peer peerThatLeft(Host host, Token token) {
        Peer peer = rig.peer(token, Rig.CLIENT);
        peer.connectAndConfirmTo(host);
        host.receive(Rig.CLIENT, peer.disconnect(9));
        assertThat(host.machine().connectedClients()).isZero();
        return peer;
    }

    // ---- The memory of tokens

    @Test
    void aTokenThatWasUsedAtOneMemberIsRefusedAtAnotherOfTheSameIdentity() {
        Host udp = member();
        Host webSocket = member();
        Peer peer = peerThatLeft(udp, rig.token().mint());

        assertThat(dropOf(webSocket, peer.token())).isEqualTo(Drop.TOKEN_CONSUMED);
        assertThat(dropOf(udp, peer.token())).isEqualTo(Drop.TOKEN_CONSUMED);
    }

    @Test
    void aTokenInUseAtOneMemberIsRefusedAtAnotherOfTheSameIdentity() {
        Host udp = member();
        Host webSocket = member();
        Peer peer = rig.peer();
        Sent challenge = peer.challengeOf(udp);

        // The same numbers, but another way in: it is not the same peer.
        assertThat(dropOf(webSocket, peer.token())).isEqualTo(Drop.TOKEN_FROM_OTHER_ADDRESS);

        udp.receive(Rig.CLIENT, peer.response(1, challenge));
        assertThat(udp.machine().connectedClients()).isEqualTo(1);
        assertThat(webSocket.machine().pendingConnections()).isZero();
    }

    @Test
    void membersAtDifferentPlacesOfATokenEachServeIt() {
        Host first = memberNamed(Rig.SERVER);
        Host second = memberNamed(OTHER_SERVER);
        Token token = rig.token().servers(Rig.SERVER, OTHER_SERVER).mint();
        rig.peer(token, Rig.CLIENT).challengeOf(second);
        Peer peer = peerThatLeft(first, token);
        assertThat(dropOf(first, token)).isEqualTo(Drop.TOKEN_CONSUMED);

        Sent slot = peer.connectTo(second);

        assertThat(slot.openedByClient(token).sequence()).isEqualTo(1L << 57);
        second.receive(Rig.CLIENT, peer.disconnect(9));
        assertThat(dropOf(second, token)).isEqualTo(Drop.TOKEN_CONSUMED);
    }

    @Test
    void theFirstPlaceOfAnIdentityIsTheOneThatCounts() {
        Host narrow = memberNamed(Rig.SERVER);
        Host wide = memberNamed(OTHER_SERVER, Rig.SERVER);
        Token samePlace = rig.token().servers(Rig.SERVER, OTHER_SERVER).mint();
        Token otherPlace = rig.token().servers(OTHER_SERVER, Rig.SERVER).mint();

        peerThatLeft(narrow, samePlace);
        peerThatLeft(narrow, otherPlace);

        assertThat(dropOf(wide, samePlace)).isEqualTo(Drop.TOKEN_CONSUMED);
        assertThat(dropOf(wide, otherPlace)).isEqualTo(Drop.NONE);
    }

    @Test
    void aMemberThatStartsAgainKnowsTheTokensThatWereUsed() {
        Host host = member();
        Peer peer = rig.peer();
        peer.connectAndConfirmTo(host);
        host.close();

        assertThat(dropOf(member(), peer.token())).isEqualTo(Drop.TOKEN_CONSUMED);
        assertThat(dropOf(rig.host(), peer.token())).isEqualTo(Drop.NONE);
    }

    @Test
    void aMemberThatStartsAgainIsAnotherOne() {
        Host first = member();
        Host second = member();
        Token ofFirst = rig.token(1);
        Token ofSecond = rig.token(2);
        rig.peer(ofFirst, Rig.CLIENT).challengeOf(first);
        rig.peer(ofSecond, Rig.CLIENT).challengeOf(second);
        first.close();

        Host third = member();

        assertThat(dropOf(third, ofFirst)).isEqualTo(Drop.TOKEN_FROM_OTHER_ADDRESS);
        assertThat(dropOf(third, ofSecond)).isEqualTo(Drop.TOKEN_FROM_OTHER_ADDRESS);
        assertThat(dropOf(second, ofSecond)).isEqualTo(Drop.NONE);
    }

    @Test
    void theMemoryHasOneBoundForAllMembers() {
        ServerGroup small = new ServerGroup(2, rig::nextBytes);
        Host first = rig.host(small, config -> config.tokenHistoryMax(64));
        Host second = rig.host(small, config -> config.tokenHistoryMax(1));
        rig.peer(rig.token(1), Rig.CLIENT).challengeOf(first);
        rig.peer(rig.token(2), Rig.CLIENT).challengeOf(second);

        assertThat(dropOf(first, rig.token(3))).isEqualTo(Drop.TOKEN_HISTORY_FULL);
        assertThat(dropOf(second, rig.token(3))).isEqualTo(Drop.TOKEN_HISTORY_FULL);
        assertThat(first.machine().rememberedTokens()).isEqualTo(2);
        assertThat(second.machine().rememberedTokens()).isEqualTo(2);
    }

    @Test
    void timeThatStepsBackRevivesNoTokenAtAnyMember() {
        Host busy = member();
        Host idle = member();
        Peer peer = peerThatLeft(busy, rig.token().expires(Rig.EPOCH + 10).mint());
        rig.passSeconds(10);
        // Makes the memory look for what has expired.
        rig.peer(rig.token(2), Rig.STRANGER).challengeOf(busy);

        rig.setUnixSeconds(Rig.EPOCH + 5);

        assertThat(dropOf(idle, peer.token())).isEqualTo(Drop.TOKEN_FORGOTTEN);
        assertThat(dropOf(busy, peer.token())).isEqualTo(Drop.TOKEN_FORGOTTEN);
    }

    @Test
    void timeThatStepsBackRevivesNoTokenAtAMemberThatStartsAgain() {
        Host busy = member();
        Peer peer = peerThatLeft(busy, rig.token().expires(Rig.EPOCH + 10).mint());
        rig.passSeconds(10);
        rig.peer(rig.token(2), Rig.STRANGER).challengeOf(busy);

        rig.setUnixSeconds(Rig.EPOCH + 5);
        Host late =
                new Host(
                        rig, rig.config().maxConnectTokenLifetimeSeconds(0), rig::nextBytes, group);

        assertThat(dropOf(late, peer.token())).isEqualTo(Drop.TOKEN_FORGOTTEN);
    }

    @Test
    void denialsTakeTurnsAtEachPlaceOfAToken() {
        Host[] hosts = {
            rig.host(group, rig.config(Rig.SERVER).maxClients(1)),
            rig.host(group, rig.config(OTHER_SERVER).maxClients(1))
        };
        for (int place = 0; place < 2; place++) {
            Token connected =
                    rig.token().clientId(90 + place).servers(Rig.SERVER, OTHER_SERVER).mint();
            rig.peer(connected, Rig.STRANGER).connectTo(hosts[place]);
        }
        Token token = rig.token().statesReasons().servers(Rig.SERVER, OTHER_SERVER).mint();

        List<Integer> bodies = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            for (Host host : hosts) {
                Sent denied = host.receive(Rig.CLIENT, token.request()).getFirst();
                bodies.add(Math.min(1, denied.openedByClient(token).body().length));
            }
        }

        assertThat(bodies).containsExactly(1, 1, 0, 0, 1, 1, 0, 0);
    }

    @Test
    void aRefusalTakesTurnsAtAnyPlaceOfAToken() {
        Host host = rig.host(group, rig.config(OTHER_SERVER).asksAdmission(true));
        Token token = rig.token().statesReasons().servers(Rig.SERVER, OTHER_SERVER).mint();
        Peer peer = rig.peer(token, Rig.CLIENT);
        Sent challenge = peer.challengeOf(host);
        host.receive(Rig.CLIENT, peer.response(1, challenge));
        long entry = ((ServerEvent.Requested) host.events().getFirst()).entry();
        StatedReason reason = StatedReason.of(StatedReason.REFUSED, "no");

        List<Sent> denied = new ArrayList<>(host.refuse(entry, reason));
        for (int i = 2; i < 5; i++) {
            denied.addAll(host.receive(Rig.CLIENT, peer.response(i, challenge)));
        }

        assertThat(denied)
                .extracting(packet -> Math.min(1, packet.openedByClient(token).body().length))
                .containsExactly(1, 0, 1, 0);
    }

    // ---- The clients that are connected

    @Test
    void aClientOfOneMemberIsDroppedAtEveryOther() {
        Host first = member();
        Host second = member();
        Host third = member();
        rig.peer(rig.token(1), Rig.CLIENT).connectAndConfirmTo(first);
        rig.peer(rig.token(3), Rig.CLIENT).connectAndConfirmTo(third);

        assertThat(dropOf(third, rig.token(1), SECOND_CLIENT)).isEqualTo(Drop.CLIENT_ID_CONNECTED);
        assertThat(dropOf(first, rig.token(3), SECOND_CLIENT)).isEqualTo(Drop.CLIENT_ID_CONNECTED);
        assertThat(dropOf(second, rig.token(3), SECOND_CLIENT)).isEqualTo(Drop.CLIENT_ID_CONNECTED);
        assertThat(dropOf(second, rig.token(2), SECOND_CLIENT)).isEqualTo(Drop.NONE);
        assertThat(dropOf(rig.host(), rig.token(1), SECOND_CLIENT)).isEqualTo(Drop.NONE);
    }

    @Test
    void theOtherMembersAreAskedAgainWhenTheSlotIsGiven() {
        Host first = member();
        Host second = member();
        Peer slow = rig.peer(rig.token(1), SECOND_CLIENT);
        Sent challenge = slow.challengeOf(first);
        Peer quick = rig.peer();
        quick.connectAndConfirmTo(second);

        assertThat(first.receive(SECOND_CLIENT, slow.response(1, challenge))).isEmpty();
        assertThat(first.lastDrop()).isEqualTo(Drop.CLIENT_ID_CONNECTED);

        second.receive(Rig.CLIENT, quick.disconnect(9));
        first.receive(SECOND_CLIENT, slow.response(2, challenge));
        assertThat(first.machine().connectedClients()).isEqualTo(1);
    }

    @Test
    void oneAddressMayHaveAClientAtEachMember() {
        Host first = member();
        Host second = member();

        rig.peer(rig.token(1), Rig.CLIENT).connectAndConfirmTo(first);
        rig.peer(rig.token(2), Rig.CLIENT).connectAndConfirmTo(second);

        assertThat(second.machine().connectedClients()).isEqualTo(1);
    }

    @Test
    void aMemberThatIsClosedKeepsNobodyOut() {
        Host first = member();
        Host second = member();
        rig.peer().connectAndConfirmTo(first);

        first.close();

        assertThat(dropOf(second, rig.token(1))).isEqualTo(Drop.NONE);
        assertThat(Inside.of(group).get("members").size()).isEqualTo(1);
    }

    @Test
    void underTheTakeoverPolicyAClientMayComeInAtAnotherMember() {
        Host first = lenientMember();
        Host second = lenientMember();
        Peer connected = rig.peer(rig.token().expires(Rig.EPOCH + 29).mint(), Rig.CLIENT);
        connected.connectAndConfirmTo(first);
        first.events();

        rig.peer(rig.token().mint(), SECOND_CLIENT).connectTo(second);

        // The other machine ends the slot when it is told to, with packets of its own.
        assertThat(first.machine().isConnected(0)).isTrue();
        assertThat(first.events()).isEmpty();
        List<Sent> sent = first.replace(0);

        assertThat(sent).hasSize(10);
        assertThat(sent)
                .allSatisfy(packet -> {
                    assertThat(packet.to()).isEqualTo(Rig.CLIENT);
                    assertThat(packet.openedByClient(connected.token()).type())
                            .isEqualTo(RawPacket.DISCONNECT);
                });
        assertThat(first.machine().connectedClients()).isZero();
        assertThat(first.events())
                .singleElement()
                .isInstanceOfSatisfying(
                        ServerEvent.Disconnected.class,
                        event -> {
                            assertThat(event.slot()).isZero();
                            assertThat(event.cause()).isEqualTo(Cause.REPLACED);
                            assertThat(event.reason().code()).isEqualTo(StatedReason.REPLACED);
                        });
        assertThat(second.machine().isConnected(0)).isTrue();
    }

    @Test
    void aFreeSlotIsNotReplaced() {
        Host host = lenientMember();

        assertThat(host.replace(0)).isEmpty();

        assertThat(host.events()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 28, 29, 30})
    void aTakeoverFromAnotherMemberNeedsNoTokenThatExpiresLater(int lifetimeSeconds) {
        Host first = lenientMember();
        Host second = lenientMember();
        rig.peer(rig.token().expires(Rig.EPOCH + 29).mint(), Rig.CLIENT).connectAndConfirmTo(first);

        Token token = rig.token().expires(Rig.EPOCH + lifetimeSeconds).mint();

        assertThat(dropOf(second, token, SECOND_CLIENT)).isEqualTo(Drop.NONE);
    }

    @Test
    void aTakeoverNeedsATokenThatNoMemberSawBeforeTheSlotWasTaken() {
        Host first = lenientMember();
        Host second = lenientMember();
        Token older = rig.token().mint();
        rig.peer(older, SECOND_CLIENT).challengeOf(second);
        rig.peer(rig.token().mint(), Rig.CLIENT).connectAndConfirmTo(first);

        assertThat(dropOf(second, older, SECOND_CLIENT)).isEqualTo(Drop.CLIENT_ID_CONNECTED);
    }

    @Test
    void whoWasReplacedAtOnePlaceOfATokenDoesNotComeBackAtAnother() {
        UnaryOperator<ServerConfig.Builder> lenient =
                config -> config.sameClient(SameClient.TAKE_OVER);
        Host first = rig.host(group, lenient.apply(rig.config(Rig.SERVER)));
        Host second = rig.host(group, lenient.apply(rig.config(OTHER_SERVER)));
        Token older = rig.token().servers(Rig.SERVER, OTHER_SERVER).mint();
        rig.peer(older, Rig.CLIENT).connectAndConfirmTo(first);
        Token newer = rig.token().servers(Rig.SERVER, OTHER_SERVER).mint();
        rig.peer(newer, SECOND_CLIENT).connectTo(first, 11);

        // As clients of other makes do: they dial on.
        assertThat(dropOf(second, older)).isEqualTo(Drop.CLIENT_ID_CONNECTED);
        assertThat(dropOf(second, newer)).isEqualTo(Drop.CLIENT_ID_CONNECTED);
    }

    @Test
    void thePolicyIsThatOfTheMemberThatIsAsked() {
        Host strict = member();
        Host lenient = lenientMember();
        rig.peer(rig.token().clientId(1).expires(Rig.EPOCH + 29).mint(), Rig.CLIENT.withPort(1))
                .connectAndConfirmTo(strict);
        rig.peer(rig.token().clientId(2).expires(Rig.EPOCH + 29).mint(), Rig.CLIENT.withPort(2))
                .connectAndConfirmTo(lenient);

        assertThat(dropOf(lenient, rig.token(1), SECOND_CLIENT)).isEqualTo(Drop.NONE);
        assertThat(dropOf(strict, rig.token(2), SECOND_CLIENT)).isEqualTo(Drop.CLIENT_ID_CONNECTED);
    }

    @Test
    void aSlotAtAnotherMemberFreesNoneHere() {
        Host first = lenientMember();
        Host full =
                rig.host(group, config -> config.sameClient(SameClient.TAKE_OVER).maxClients(1));
        rig.peer(rig.token().expires(Rig.EPOCH + 29).mint(), Rig.CLIENT).connectAndConfirmTo(first);
        rig.peer(rig.token(2), Rig.STRANGER).connectTo(full);

        List<Sent> sent = full.receive(SECOND_CLIENT, rig.token(1).request());

        assertThat(sent).extracting(Sent::type).containsExactly(RawPacket.DENIED);
        assertThat(full.machine().denied()).isEqualTo(1);
    }

    // ---- The group itself

    @Test
    void aGroupDrawsTheKeyOfItsTableAndAMemberWhatItDrawsByItself() {
        List<Integer> drawn = new ArrayList<>();
        ServerGroup watched =
                new ServerGroup(
                        8,
                        target -> {
                            drawn.add(target.length);
                            rig.nextBytes(target);
                        });
        assertThat(drawn).containsExactly(16);
        drawn.clear();

        new Host(
                rig,
                rig.config(),
                target -> {
                    drawn.add(target.length);
                    rig.nextBytes(target);
                },
                watched);

        assertThat(drawn).containsExactly(32, 8, 8, 8);
    }

    @Test
    void aGroupHashesUnderItsOwnKey() {
        Inside table = Inside.of(group).get("history").get("entryOfTag");
        Inside machine = Inside.of(member().machine());

        assertThat(table.get("hashKey0").asLong()).isNotZero();
        assertThat(table.get("hashKey1").asLong())
                .isNotZero()
                .isNotEqualTo(table.get("hashKey0").asLong());
        assertThat(machine.get("slots").get("slotOfClientId").get("hashKey0").asLong())
                .isNotEqualTo(table.get("hashKey0").asLong());
        assertThat(machine.get("history").get("entryOfTag").get("hashKey0").asLong())
                .isEqualTo(table.get("hashKey0").asLong());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, (1 << 24) + 1})
    void aGroupRemembersABoundedNumberOfTokens(int tokens) {
        assertThatThrownBy(() -> new ServerGroup(tokens, rig::nextBytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "tokenHistoryMax is " + tokens + ", but must be from 1 to 16777216: ");
    }
}
