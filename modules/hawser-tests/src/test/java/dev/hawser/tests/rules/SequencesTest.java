package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Token;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "Hardening" 6: sequences that never meet.
class SequencesTest {
    private static final NetAddress SECOND = NetAddress.parse("203.0.113.6:40000");

    private final Rig rig = new Rig();

    private static long sequenceOf(Sent sent, Token token) {
        return sent.openedByClient(token).sequence();
    }

    // ---- The global sequence

    /// A server whose draw for the global sequence is eight times this byte.
    private Host drawing(int drawn) {
        rig.setUnixSeconds(Rig.EPOCH - 31);
        Host host =
                new Host(
                        rig,
                        rig.config(),
                        target -> Arrays.fill(target, (byte) (target.length == 8 ? drawn : 3)));
        rig.setUnixSeconds(Rig.EPOCH);
        return host;
    }

    @Test
    void theGlobalSequenceStartsAt2To63PlusARandomNumberOf62Bits() {
        Peer peer = rig.peer();

        assertThat(sequenceOf(peer.challengeOf(drawing(0)), peer.token())).isEqualTo(1L << 63);
        assertThat(sequenceOf(peer.challengeOf(drawing(0x11)), peer.token()))
                .isEqualTo((1L << 63) + 0x1111111111111111L);
        assertThat(sequenceOf(peer.challengeOf(drawing(0xff)), peer.token()))
                .isEqualTo((1L << 63) + (1L << 62) - 1);
    }

    @Test
    void theGlobalSequenceIsSeededAnewOnEveryStart() {
        Set<Long> starts = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            Peer peer = rig.peer();
            starts.add(sequenceOf(peer.challengeOf(rig.host()), peer.token()));
        }

        assertThat(starts).hasSize(20).allMatch(sequence -> sequence < 0);
    }

    @Test
    void challengesAndDenialsShareTheGlobalSequence() {
        Host host = rig.host(config -> config.maxClients(1));
        Peer first = rig.peer();
        Peer second = rig.peer(rig.token(2), Rig.STRANGER);
        long start = sequenceOf(first.challengeOf(host), first.token());
        assertThat(sequenceOf(second.challengeOf(host), second.token())).isEqualTo(start + 1);
        Sent challenge = first.challengeOf(host);
        assertThat(sequenceOf(challenge, first.token())).isEqualTo(start + 2);
        host.receive(Rig.CLIENT, first.response(1, challenge));

        Sent denied = host.receive(Rig.STRANGER, second.request()).getFirst();

        assertThat(denied.openedByClient(second.token()).type()).isEqualTo(RawPacket.DENIED);
        assertThat(sequenceOf(denied, second.token())).isEqualTo(start + 3);
    }

    // ---- The sequence of a client

    private Host at(NetAddress... identity) {
        rig.setUnixSeconds(Rig.EPOCH - 31);
        Host host =
                new Host(
                        rig,
                        ServerConfig.builder(Rig.PROTOCOL_ID, rig.privateKey(), List.of(identity)),
                        rig::nextBytes);
        rig.setUnixSeconds(Rig.EPOCH);
        return host;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 31})
    void theSequenceOfAClientStartsAtThePlaceOfTheServerInThePrivatePartTimes2To57(int place) {
        NetAddress[] servers = new NetAddress[32];
        Arrays.setAll(servers, i -> NetAddress.ipv4(0x0a000000 + i, 7));
        Peer peer = rig.peer(rig.token().servers(servers).mint(), Rig.CLIENT);
        Host host = at(servers[place]);

        assertThat(sequenceOf(peer.connectTo(host), peer.token())).isEqualTo((long) place << 57);
        for (int i = 1; i < 300; i++) {
            rig.passMillis(16);
            host.receive(Rig.CLIENT, peer.keepAlive(1 + i));
            assertThat(sequenceOf(host.send(0, new byte[1]).getLast(), peer.token()))
                    .isGreaterThan((long) place << 57)
                    .isLessThan((place + 1L) << 57);
        }
    }

    @Test
    void theFirstOfSeveralAddressesOfAServerCounts() {
        NetAddress[] servers = {SECOND, Rig.SERVER, Rig.SERVER.withPort(2)};
        Peer peer = rig.peer(rig.token().servers(servers).mint(), Rig.CLIENT);

        Sent keepAlive = peer.connectTo(at(Rig.SERVER.withPort(2), Rig.SERVER));

        assertThat(sequenceOf(keepAlive, peer.token())).isEqualTo(1L << 57);
    }

    @Test
    void atTheFirstServerNoByteIsAdded() {
        assertThat(rig.peer().connectTo(rig.host()).size()).isEqualTo(26);
    }

    @Test
    void aTokenThatMayComeFromEitherSideOfARestartStartsAtARandomPlace() {
        Set<Long> starts = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            Host host = rig.start(config -> config);
            Peer peer = rig.peer(rig.token().servers(SECOND, Rig.SERVER).mint(), Rig.CLIENT);
            starts.add(sequenceOf(peer.connectTo(host), peer.token()));
        }

        assertThat(starts).hasSize(20);
        assertThat(starts)
                .allSatisfy(start ->
                        assertThat(start).isBetween(1L << 57, (1L << 57) + (1L << 56) - 1));
    }

    @Test
    void aTokenFromAfterTheStartStartsAtItsPlace() {
        Host host = rig.start(config -> config);
        rig.passSeconds(1);
        Peer peer = rig.peer();

        assertThat(sequenceOf(peer.connectTo(host), peer.token())).isZero();
    }

    @Test
    void withoutALifetimeLimitNoPlaceIsRandom() {
        Host host = rig.start(config -> config.maxConnectTokenLifetimeSeconds(0));
        Peer peer = rig.peer();

        assertThat(sequenceOf(peer.connectTo(host), peer.token())).isZero();
    }

    // ---- Together

    @Test
    void overAllServersOfATokenNoNumberIsUsedTwiceUnderItsKey() {
        Host first = at(Rig.SERVER);
        Host second = at(SECOND);
        Token token = rig.token().servers(Rig.SERVER, SECOND).mint();
        Peer peer = rig.peer(token, Rig.CLIENT);
        Set<Long> used = new HashSet<>();
        for (Host host : List.of(first, second)) {
            for (int i = 0; i < 5; i++) {
                assertThat(used.add(sequenceOf(peer.challengeOf(host), token))).isTrue();
            }
            assertThat(used.add(sequenceOf(peer.connectTo(host), token))).isTrue();
        }
        for (Host host : List.of(first, second)) {
            for (int i = 0; i < 100; i++) {
                for (Sent sent : host.send(0, new byte[] {1})) {
                    assertThat(used.add(sequenceOf(sent, token))).isTrue();
                }
            }
            for (Sent sent : host.disconnect(0, StatedReason.NONE)) {
                assertThat(used.add(sequenceOf(sent, token))).isTrue();
            }
        }
    }

    @Test
    void aClientThatMovesToTheNextServerReadsWhatItSends() {
        Host second = at(SECOND);
        Guest guest = rig.guest().connecting(rig.token().servers(Rig.SERVER, SECOND).mint());
        guest.tick();
        guest.idleMillis(5001);
        guest.tick();
        for (int i = 0; i < 4 && guest.state() != ClientState.CONNECTED; i++) {
            for (Sent sent : guest.tick()) {
                for (Sent answer : second.receive(Rig.CLIENT, sent.bytes())) {
                    guest.receive(SECOND, answer.bytes());
                }
            }
            rig.passMillis(101);
        }

        assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);
        for (Sent sent : second.send(0, new byte[] {4})) {
            guest.receive(SECOND, sent.bytes());
        }
        assertThat(guest.lastPayload()).containsExactly(4);
    }
}
