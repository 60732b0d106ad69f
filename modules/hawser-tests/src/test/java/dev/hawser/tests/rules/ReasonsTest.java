package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Token;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "Extension block": reasons between two Hawser peers.
class ReasonsTest {
    private static final NetAddress SECOND_CLIENT = NetAddress.parse("198.51.100.8:50002");
    private static final StatedReason REASON = new StatedReason(1234, 60, "maintenance");
    private static final byte[] EMPTY = {};
    private static final long GLOBAL = 1L << 63;

    private final Rig rig = new Rig();
    private final Host host = rig.host();
    private final Token speaking = rig.token().statesReasons().mint();
    private final Token silent = rig.token().mint();

    private static byte[] body(int code, int retryAfterSeconds, byte[] text) {
        return ByteBuffer.allocate(4 + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) code)
                .putShort((short) retryAfterSeconds)
                .put(text)
                .array();
    }

    private static byte[] body(int code, int retryAfterSeconds, String text) {
        return body(code, retryAfterSeconds, text.getBytes(StandardCharsets.UTF_8));
    }

    private Peer connected(Token token) {
        Peer peer = rig.peer(token, Rig.CLIENT);
        peer.connectAndConfirmTo(host);
        host.events();
        return peer;
    }

    private Guest guest(Token token) {
        Guest guest = rig.guest().connecting(token);
        guest.receiveSlot();
        return guest;
    }

    // ---- Without the block, the standard to the byte

    @Test
    void withoutTheBlockTheTokenIsTheStandards() {
        byte[] bytes = silent.bytes();

        // Behind the keys there are zeros.
        int end = 13 + 3 * 8 + 24 + 1024 + 4 + 4 + 7 + 64;
        assertThat(Arrays.copyOfRange(bytes, end, 2048)).containsOnly(0);
        assertThat(new String(speaking.bytes(), end, 2, StandardCharsets.US_ASCII)).isEqualTo("HX");
    }

    @Test
    void withoutTheBlockDisconnectPacketsAreEmptyWhateverTheReason() {
        connected(silent);

        assertThat(host.disconnect(0, REASON))
                .hasSize(10)
                .allSatisfy(sent -> assertThat(sent.openedByClient(silent).body()).isEmpty());
        assertThat(guest(silent).disconnect(REASON))
                .hasSize(10)
                .allSatisfy(sent -> assertThat(sent.openedByServer(silent).body()).isEmpty());
    }

    @Test
    void withoutTheBlockDenialsAreEmpty() {
        Host small = rig.host(config -> config.maxClients(1));
        rig.peer(rig.token(9), SECOND_CLIENT).connectTo(small);

        for (int i = 0; i < 4; i++) {
            assertThat(small.receive(Rig.CLIENT, silent.request()))
                    .singleElement()
                    .extracting(Sent::size)
                    .isEqualTo(25);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {RawPacket.DENIED, RawPacket.DISCONNECT})
    void withoutTheBlockPacketsWithABodyAreDropped(int type) {
        Guest guest = guest(silent);
        guest.receive(type, GLOBAL, body(1, 2, "text"));
        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_SIZE);

        Peer peer = connected(rig.token(7));
        host.receive(Rig.CLIENT, peer.seal(RawPacket.DISCONNECT, 9, body(1, 2, "text")));
        assertThat(host.lastDrop()).isEqualTo(Drop.WRONG_SIZE);
        assertThat(host.machine().connectedClients()).isEqualTo(1);
    }

    // ---- Disconnects

    @Test
    void ofTheTenDisconnectPacketsTheFirstFiveSayWhyInBothDirections() {
        connected(speaking);
        byte[] body = body(1234, 60, "maintenance");

        List<byte[]> fromServer =
                host.disconnect(0, REASON).stream()
                        .map(sent -> sent.openedByClient(speaking).body())
                        .toList();
        List<byte[]> fromClient =
                guest(speaking).disconnect(REASON).stream()
                        .map(sent -> sent.openedByServer(speaking).body())
                        .toList();

        for (List<byte[]> bodies : List.of(fromServer, fromClient)) {
            assertThat(bodies).hasSize(10);
            assertThat(bodies.subList(0, 5)).allSatisfy(each -> assertThat(each).isEqualTo(body));
            assertThat(bodies.subList(5, 10)).allSatisfy(each -> assertThat(each).isEmpty());
        }
    }

    @Test
    void withNothingToSayAllTenAreEmpty() {
        connected(speaking);

        assertThat(host.disconnect(0, StatedReason.NONE))
                .hasSize(10)
                .allSatisfy(sent -> assertThat(sent.size()).isEqualTo(18));
        assertThat(guest(speaking).disconnect(StatedReason.NONE))
                .hasSize(10)
                .allSatisfy(sent -> assertThat(sent.size()).isEqualTo(18));
    }

    @Test
    void theServerHearsWhyAClientLeaves() {
        Peer peer = connected(speaking);

        host.receive(Rig.CLIENT, peer.seal(RawPacket.DISCONNECT, 9, body(1234, 60, "maintenance")));

        assertThat(host.events())
                .singleElement()
                .isInstanceOfSatisfying(
                        ServerEvent.Disconnected.class,
                        event -> assertThat(event.reason()).isEqualTo(REASON));
    }

    @Test
    void theServerTakesAnEmptyDisconnectUnderTheBlockToo() {
        Peer peer = connected(speaking);

        host.receive(Rig.CLIENT, peer.disconnect(9));

        assertThat(host.events())
                .singleElement()
                .isInstanceOfSatisfying(
                        ServerEvent.Disconnected.class,
                        event -> assertThat(event.reason()).isEqualTo(StatedReason.NONE));
    }

    @Test
    void aPendingConnectionEndsWithAReasonToo() {
        Peer peer = rig.peer(speaking, Rig.CLIENT);
        peer.challengeOf(host);

        host.receive(Rig.CLIENT, peer.seal(RawPacket.DISCONNECT, 9, body(1, 0, "bye")));

        assertThat(host.machine().pendingConnections()).isZero();
    }

    @Test
    void theClientHearsWhyItsConnectionEnds() {
        Guest guest = guest(speaking);

        guest.receive(RawPacket.DISCONNECT, 1, body(1234, 60, "maintenance"));
        guest.tick();

        assertThat(guest.state()).isEqualTo(ClientState.DISCONNECTED);
        assertThat(guest.machine().statedReason()).isEqualTo(REASON);
    }

    @Test
    void ofTwoDisconnectsTheFirstCounts() {
        Guest guest = guest(speaking);
        guest.receive(RawPacket.DISCONNECT, 2, EMPTY);
        guest.receive(RawPacket.DISCONNECT, 1, body(1234, 60, "maintenance"));
        guest.tick();
        assertThat(guest.machine().statedReason()).isEqualTo(StatedReason.NONE);

        Guest other = guest(rig.token().statesReasons().mint());
        other.receive(RawPacket.DISCONNECT, 1, body(1234, 60, "maintenance"));
        other.receive(RawPacket.DISCONNECT, 2, body(7, 7, "other"));
        other.tick();
        assertThat(other.machine().statedReason()).isEqualTo(REASON);
    }

    @Test
    void aReplacedClientHearsThatItWasReplaced() {
        Host lenient = rig.host(config -> config.sameClient(SameClient.TAKE_OVER));
        Token connected = rig.token().statesReasons().expires(Rig.EPOCH + 29).mint();
        rig.peer(connected, Rig.CLIENT).connectTo(lenient);
        Peer newcomer = rig.peer(silent, SECOND_CLIENT);

        List<Sent> sent =
                lenient.receive(SECOND_CLIENT, newcomer.response(1, newcomer.challengeOf(lenient)));

        byte[] body = sent.getFirst().openedByClient(connected).body();
        assertThat(body[0]).isEqualTo((byte) StatedReason.REPLACED);
    }

    // ---- Denials

    @Test
    void denialsAlternateForEachTokenBetweenReasonAndEmpty() {
        Host small = rig.host(config -> config.maxClients(1));
        rig.peer(rig.token(9), SECOND_CLIENT).connectTo(small);
        Token other = rig.token().clientId(3).statesReasons().mint();

        for (int i = 0; i < 3; i++) {
            for (Token token : List.of(speaking, other)) {
                NetAddress from = token == other ? Rig.STRANGER : Rig.CLIENT;
                Sent spoken = small.receive(from, token.request()).getFirst();
                byte[] body = spoken.openedByClient(token).body();
                assertThat(body[0]).isEqualTo((byte) StatedReason.SERVER_FULL);
                assertThat(spoken.size()).isLessThanOrEqualTo(153);
            }
            for (Token token : List.of(speaking, other)) {
                NetAddress from = token == other ? Rig.STRANGER : Rig.CLIENT;
                Sent empty = small.receive(from, token.request()).getFirst();
                assertThat(empty.size()).isEqualTo(25);
            }
        }
    }

    @Test
    void aRefusalIsToldInTurns() {
        Host asking = rig.host(config -> config.asksAdmission(true));
        Peer peer = rig.peer(speaking, Rig.CLIENT);
        Sent challenge = peer.challengeOf(asking);
        asking.receive(Rig.CLIENT, peer.response(1, challenge));
        long entry = ((ServerEvent.Requested) asking.events().getFirst()).entry();

        Sent first = asking.refuse(entry, REASON).getFirst();
        Sent second = asking.receive(Rig.CLIENT, peer.response(2, challenge)).getFirst();
        Sent third = asking.receive(Rig.CLIENT, peer.response(3, challenge)).getFirst();

        assertThat(first.openedByClient(speaking).body()).isEqualTo(body(1234, 60, "maintenance"));
        assertThat(second.openedByClient(speaking).body()).isEmpty();
        assertThat(third.openedByClient(speaking).body()).isEqualTo(body(1234, 60, "maintenance"));
    }

    @Test
    void requestsAndResponsesOfATokenTakeTheSameTurns() {
        Host small = rig.host(config -> config.maxClients(1));
        Peer late = rig.peer(speaking, Rig.CLIENT);
        Sent challenge = late.challengeOf(small);
        rig.peer(rig.token(9), SECOND_CLIENT).connectTo(small);

        Sent toResponse = small.receive(Rig.CLIENT, late.response(1, challenge)).getFirst();
        Sent toRequest = small.receive(Rig.CLIENT, late.request()).getFirst();
        Sent again = small.receive(Rig.CLIENT, late.response(2, challenge)).getFirst();

        assertThat(toResponse.openedByClient(speaking).body()).isNotEmpty();
        assertThat(toRequest.openedByClient(speaking).body()).isEmpty();
        assertThat(again.openedByClient(speaking).body()).isNotEmpty();
    }

    @Test
    void anApplicationThatDoesNotAnswerInTimeIsAReason() {
        Host asking = rig.host(config -> config.asksAdmission(true));
        Peer peer = rig.peer(speaking, Rig.CLIENT);
        Sent challenge = peer.challengeOf(asking);
        asking.receive(Rig.CLIENT, peer.response(1, challenge));
        rig.passMillis(2501);

        Sent denied = asking.receive(Rig.CLIENT, peer.response(2, challenge)).getFirst();

        assertThat(denied.openedByClient(speaking).body()[0])
                .isEqualTo((byte) StatedReason.REFUSED);
    }

    @Test
    void theClientHearsWhyItIsDenied() {
        Guest guest = rig.guest().connecting(speaking);

        guest.receive(RawPacket.DENIED, GLOBAL, body(1234, 60, "maintenance"));
        guest.tick();

        assertThat(guest.state()).isEqualTo(ClientState.CONNECTION_DENIED);
        assertThat(guest.machine().statedReason()).isEqualTo(REASON);
    }

    @Test
    void ofTwoDenialsTheFirstCounts() {
        Guest guest = rig.guest().connecting(speaking);
        guest.receive(RawPacket.DENIED, GLOBAL, EMPTY);
        guest.receive(RawPacket.DENIED, GLOBAL + 1, body(1234, 60, "maintenance"));
        guest.tick();
        assertThat(guest.machine().statedReason()).isEqualTo(StatedReason.NONE);

        Guest other = rig.guest().connecting(rig.token().statesReasons().mint());
        other.receive(RawPacket.DENIED, GLOBAL, body(1234, 60, "maintenance"));
        other.receive(RawPacket.DENIED, GLOBAL + 1, body(7, 7, "other"));
        other.tick();
        assertThat(other.machine().statedReason()).isEqualTo(REASON);
    }

    @Test
    void theReasonOfOneServerIsForgottenWhenTheNextIsDialled() {
        NetAddress second = NetAddress.parse("203.0.113.6:40000");
        Guest guest =
                rig.guest()
                        .connecting(rig.token().statesReasons().servers(Rig.SERVER, second).mint());
        guest.receive(RawPacket.DENIED, GLOBAL, body(1234, 60, "maintenance"));
        guest.tick();
        assertThat(guest.machine().statedReason()).isEqualTo(StatedReason.NONE);

        guest.receive(second, guest.fromServer(RawPacket.DENIED, GLOBAL, EMPTY));
        guest.tick();

        assertThat(guest.state()).isEqualTo(ClientState.CONNECTION_DENIED);
        assertThat(guest.machine().statedReason()).isEqualTo(StatedReason.NONE);
    }

    // ---- The body

    private byte[] firstBodyOf(StatedReason reason) {
        return guest(rig.token().statesReasons().mint(), reason);
    }

    private byte[] guest(Token token, StatedReason reason) {
        return guest(token).disconnect(reason).getFirst().openedByServer(token).body();
    }

    @Test
    void theNumbersOfAReasonAreUnsignedAndLittleEndian() {
        assertThat(firstBodyOf(new StatedReason(0x1234, 0xfffe, "")))
                .isEqualTo(new byte[] {0x34, 0x12, (byte) 0xfe, (byte) 0xff});
        Guest guest = guest(speaking);
        guest.receive(RawPacket.DISCONNECT, 1, body(0xffff, 0x8000, ""));
        guest.tick();

        assertThat(guest.machine().statedReason()).isEqualTo(new StatedReason(0xffff, 0x8000, ""));
    }

    static List<String> texts() {
        return List.of(
                "a".repeat(123),
                "a".repeat(124),
                "a".repeat(125),
                "a".repeat(1000),
                "ä".repeat(62),
                "a" + "ä".repeat(62),
                "€".repeat(42),
                "a".repeat(122) + "€",
                "a".repeat(121) + "€",
                "😀".repeat(31),
                "😀".repeat(32),
                "a".repeat(121) + "😀",
                "a".repeat(122) + "😀",
                "a".repeat(123) + "😀",
                "a".repeat(120) + "😀");
    }

    @ParameterizedTest
    @MethodSource("texts")
    void aTextIsCutTo124BytesBetweenTwoCharacters(String text) {
        byte[] body = firstBodyOf(new StatedReason(1, 0, text));
        String sent = new String(body, 4, body.length - 4, StandardCharsets.UTF_8);

        assertThat(body.length).isLessThanOrEqualTo(128);
        assertThat(text).startsWith(sent);
        assertThat(sent).doesNotContain("\ufffd");
        if (!sent.equals(text)) {
            int next = text.codePointAt(sent.length());
            int bytes = Character.toString(next).getBytes(StandardCharsets.UTF_8).length;
            assertThat(body.length - 4 + bytes).as("what would not fit").isGreaterThan(124);
        }
    }

    @Test
    void theReaderStripsControlCharacters() {
        Guest guest = guest(speaking);

        guest.receive(
                RawPacket.DISCONNECT,
                1,
                body(1, 0, "a\u0000b\u001b[2Jc\r\nd\u007fe\u0085f\u202eg\u200fh"));
        guest.tick();

        assertThat(guest.machine().statedReason().text()).isEqualTo("ab[2Jcdefgh");
    }

    @Test
    void theReaderReplacesWhatIsNotUtf8() {
        Guest guest = guest(speaking);

        guest.receive(
                RawPacket.DISCONNECT, 1, body(1, 0, new byte[] {'a', (byte) 0xff, (byte) 0xc3}));
        guest.tick();

        assertThat(guest.machine().statedReason().text()).isEqualTo("a\ufffd\ufffd");
    }

    @Test
    void theLargestReasonFitsADenialOf153Bytes() {
        Host asking = rig.host(config -> config.asksAdmission(true));
        Peer peer = rig.peer(speaking, Rig.CLIENT);
        asking.receive(Rig.CLIENT, peer.response(1, peer.challengeOf(asking)));
        long entry = ((ServerEvent.Requested) asking.events().getFirst()).entry();

        Sent denied = asking.refuse(entry, StatedReason.of(1000, "x".repeat(500))).getFirst();

        assertThat(denied.size()).isEqualTo(153);
        assertThat(denied.openedByClient(speaking).body()).hasSize(128);
    }

    @Test
    void theBlockFitsBehind32Ipv6Servers() {
        NetAddress[] servers = new NetAddress[32];
        Arrays.setAll(servers, i -> NetAddress.ipv6(0x20010db800000000L, i + 1, 7));
        Token token =
                rig.token()
                        .statesReasons()
                        .servers(servers)
                        .internalServers(replaced(servers))
                        .mint();
        Peer peer = rig.peer(token, Rig.CLIENT);
        peer.connectTo(host);

        assertThat(host.disconnect(0, REASON).getFirst().openedByClient(token).body())
                .isEqualTo(body(1234, 60, "maintenance"));
    }

    private static NetAddress[] replaced(NetAddress[] servers) {
        NetAddress[] internal = servers.clone();
        internal[0] = NetAddress.ipv6(Rig.SERVER.high(), Rig.SERVER.low(), Rig.SERVER.port());
        return internal;
    }
}
