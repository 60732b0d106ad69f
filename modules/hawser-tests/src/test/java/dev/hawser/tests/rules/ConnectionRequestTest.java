package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Token;
import dev.hawser.tests.rig.TokenDraft;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "Connection request": each check, and their order.
class ConnectionRequestTest {
    private static final NetAddress ELSEWHERE = NetAddress.parse("203.0.113.99:40000");
    private static final NetAddress SECOND_CLIENT = NetAddress.parse("198.51.100.8:50002");

    private final Rig rig = new Rig();
    private final Host host = rig.host();

    private Drop dropOf(byte[] request) {
        String before = host.state();
        assertThat(host.receive(Rig.CLIENT, request)).as("answers").isEmpty();
        assertThat(host.state()).as("what a dropped request leaves").isEqualTo(before);
        return host.lastDrop();
    }

    private Drop dropOf(TokenDraft token) {
        return dropOf(token.mint().request());
    }

    // ---- The answer

    @Test
    void aValidRequestIsAnsweredWithAChallenge() {
        Token token = rig.token().userData("name").mint();
        Sent answer = rig.peer(token, Rig.CLIENT).challengeOf(host);

        assertThat(answer.to()).isEqualTo(Rig.CLIENT);
        assertThat(answer.size()).isEqualTo(333);
        RawPacket challenge = answer.openedByClient(token);
        assertThat(challenge.type()).isEqualTo(RawPacket.CHALLENGE);
        assertThat(challenge.body()).hasSize(308);
        assertThat(host.lastDrop()).isEqualTo(Drop.NONE);
        assertThat(host.machine().pendingConnections()).isEqualTo(1);
        assertThat(host.machine().rememberedTokens()).isEqualTo(1);
        assertThat(host.events()).isEmpty();
    }

    @Test
    void theChallengeSequenceStartsAt0AndGrowsWithEachChallengeMade() {
        for (int i = 0; i < 4; i++) {
            Peer peer = rig.peer(rig.token(100 + i), Rig.CLIENT.withPort(1000 + i));
            byte[] body = peer.challengeOf(host).openedByClient(peer.token()).body();

            assertThat(ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).getLong()).isEqualTo(i);
        }
    }

    @Test
    void theAnswersAreSmallerThanTheRequest() {
        assertThat(rig.peer().challengeOf(host).size()).isLessThan(1078);
    }

    // ---- Each check

    @ParameterizedTest
    @ValueSource(ints = {0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x80})
    void aRequestWhoseFirstByteIsNotZeroIsDropped(int prefix) {
        byte[] request = rig.token().mint().request();
        request[0] = (byte) prefix;

        assertThat(dropOf(request)).isEqualTo(Drop.WRONG_TYPE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 18, 1077, 1079, 1225, 2048})
    void aRequestOfAnotherSizeIsDropped(int size) {
        assertThat(dropOf(Arrays.copyOf(rig.token().mint().request(), size)))
                .isEqualTo(Drop.WRONG_SIZE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 8, 9, 12, 13})
    void aRequestOfAnotherVersionIsDropped(int at) {
        byte[] request = rig.token().mint().request();
        request[at] ^= 0x20;

        assertThat(dropOf(request)).isEqualTo(Drop.WRONG_VERSION);
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 17, 21})
    void aRequestForAnotherProtocolIdIsDropped(int at) {
        byte[] request = rig.token().mint().request();
        request[at] ^= 1;

        assertThat(dropOf(request)).isEqualTo(Drop.WRONG_PROTOCOL_ID);
    }

    @Test
    void aTokenIsExpiredFromTheSecondOfItsExpiryOn() {
        Token token = rig.token().mint();
        rig.setUnixSeconds(Rig.EPOCH + Rig.LIFETIME_SECONDS - 1);
        assertThat(host.receive(Rig.CLIENT, token.request())).hasSize(1);

        rig.setUnixSeconds(Rig.EPOCH + Rig.LIFETIME_SECONDS);
        assertThat(dropOf(token.request())).isEqualTo(Drop.TOKEN_EXPIRED);
    }

    @Test
    void timestampsAreUnsigned() {
        Host unlimited = rig.host(config -> config.maxConnectTokenLifetimeSeconds(0));
        Token never = rig.token().expires(-1).mint();
        Token late = rig.token().clientId(2).expires(Long.MIN_VALUE).mint();

        assertThat(unlimited.receive(Rig.CLIENT, never.request())).hasSize(1);
        assertThat(unlimited.receive(SECOND_CLIENT, late.request())).hasSize(1);
        assertThat(dropOf(never.request())).isEqualTo(Drop.TOKEN_OUTLIVES_LIMIT);
    }

    @Test
    void aTokenOfAnotherPrivateKeyDoesNotOpen() {
        assertThat(dropOf(rig.token().privateKey(PrivateKey.random(rig::nextBytes))))
                .isEqualTo(Drop.TOKEN_NOT_AUTHENTIC);
    }

    @ParameterizedTest(name = "byte {0}")
    @ValueSource(ints = {30, 53, 54, 1000, 1061, 1062, 1077})
    void aRequestWithOneBitFlippedDoesNotOpen(int at) {
        // In the nonce, the sealed private part and its tag.
        byte[] request = rig.token().mint().request();
        request[at] ^= 1;

        assertThat(dropOf(request)).isEqualTo(Drop.TOKEN_NOT_AUTHENTIC);
    }

    @Test
    void aRequestThatMovesItsExpiryDoesNotOpen() {
        byte[] request = rig.token().expires(Rig.EPOCH + 29).mint().request();
        request[22]++;

        assertThat(dropOf(request)).isEqualTo(Drop.TOKEN_NOT_AUTHENTIC);
    }

    @ParameterizedTest(name = "private byte {0} is {1}")
    @CsvSource({"12, 0", "12, 33", "13, 1", "15, 128", "16, 0", "16, 3", "16, 255"})
    void aTokenWhoseServersCannotBeReadIsDropped(int offset, int value) {
        // The count of servers, and the type of the first.
        assertThat(dropOf(rig.token().privateByte(offset, value))).isEqualTo(Drop.TOKEN_UNREADABLE);
    }

    @Test
    void aTokenForOtherServersIsDropped() {
        assertThat(dropOf(rig.token().servers(ELSEWHERE))).isEqualTo(Drop.SERVER_NOT_IN_TOKEN);
        assertThat(dropOf(rig.token().servers(Rig.SERVER.withPort(40001))))
                .isEqualTo(Drop.SERVER_NOT_IN_TOKEN);
    }

    @Test
    void aServerKnowsItselfByTheInternalAddressesAlone() {
        assertThat(dropOf(rig.token().servers(Rig.SERVER).internalServers(ELSEWHERE)))
                .isEqualTo(Drop.SERVER_NOT_IN_TOKEN);

        Token token = rig.token().servers(ELSEWHERE).internalServers(Rig.SERVER).mint();

        assertThat(host.receive(Rig.CLIENT, token.request())).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 30, 31})
    void aServerFindsItselfAnywhereInTheToken(int place) {
        NetAddress[] servers = new NetAddress[32];
        Arrays.setAll(servers, i -> NetAddress.ipv4(0x0a000000 + i, 7));
        servers[place] = Rig.SERVER;

        assertThat(host.receive(Rig.CLIENT, rig.token().servers(servers).mint().request()))
                .hasSize(1);
    }

    @Test
    void aServerMayHaveSeveralAddresses() {
        NetAddress ipv6 = NetAddress.parse("[2001:db8::5]:40000");
        Host dual =
                new Host(
                        rig,
                        ServerConfig.builder(
                                        Rig.PROTOCOL_ID,
                                        rig.privateKey(),
                                        List.of(Rig.SERVER, ipv6))
                                .maxConnectTokenLifetimeSeconds(0),
                        rig::nextBytes);

        assertThat(dual.receive(Rig.CLIENT, rig.token(1).request())).hasSize(1);
        assertThat(
                        dual.receive(
                                SECOND_CLIENT,
                                rig.token().clientId(2).servers(ipv6).mint().request()))
                .hasSize(1);
    }

    @Test
    void aRequestFromAConnectedAddressIsDropped() {
        rig.peer().connectTo(host);

        assertThat(dropOf(rig.token(2).request())).isEqualTo(Drop.ADDRESS_CONNECTED);
    }

    @Test
    void aRequestOfAConnectedClientIsDropped() {
        rig.peer(rig.token(1), SECOND_CLIENT).connectTo(host);

        assertThat(dropOf(rig.token(1).request())).isEqualTo(Drop.CLIENT_ID_CONNECTED);
    }

    @Test
    void clientIdsAreAll64Bits() {
        rig.peer(rig.token(0), SECOND_CLIENT).connectTo(host);

        assertThat(host.receive(Rig.CLIENT, rig.token(1L << 63).request())).hasSize(1);
        assertThat(host.receive(Rig.CLIENT, rig.token(1L << 32).request())).hasSize(1);
        assertThat(dropOf(rig.token(0).request())).isEqualTo(Drop.CLIENT_ID_CONNECTED);
    }

    @Test
    void aTokenThatCameFromAnotherAddressIsDropped() {
        Token token = rig.token().mint();
        host.receive(SECOND_CLIENT, token.request());

        assertThat(dropOf(token.request())).isEqualTo(Drop.TOKEN_FROM_OTHER_ADDRESS);
        host.receive(SECOND_CLIENT.withPort(1), token.request());
        assertThat(host.lastDrop()).isEqualTo(Drop.TOKEN_FROM_OTHER_ADDRESS);
    }

    @Test
    void aFullServerDenies() {
        fill(host);
        Token token = rig.token(77);

        List<Sent> answers = host.receive(Rig.CLIENT, token.request());

        assertThat(answers)
                .singleElement()
                .satisfies(answer -> {
                    assertThat(answer.to()).isEqualTo(Rig.CLIENT);
                    assertThat(answer.size()).isEqualTo(25);
                    assertThat(answer.openedByClient(token).type()).isEqualTo(RawPacket.DENIED);
                    assertThat(answer.openedByClient(token).body()).isEmpty();
                });
        assertThat(host.machine().pendingConnections()).isZero();
        assertThat(host.machine().denied()).isEqualTo(1);
        assertThat(host.lastDrop()).isEqualTo(Drop.NONE);
    }

    @Test
    void aServerThatWasFullTakesTheTokenThatItDenied() {
        fill(host);
        Peer peer = rig.peer(rig.token(77), Rig.CLIENT);
        host.receive(peer.address(), peer.request());
        host.disconnect(2, StatedReason.NONE);

        peer.connectTo(host);

        assertThat(host.machine().clientId(2)).isEqualTo(77);
    }

    @Test
    void whatIsDroppedIsCounted() {
        byte[] request = rig.token().servers(ELSEWHERE).mint().request();
        for (int i = 0; i < 3; i++) {
            host.receive(Rig.CLIENT, request);
        }

        assertThat(host.machine().drops().count(Drop.SERVER_NOT_IN_TOKEN)).isEqualTo(3);
        assertThat(host.machine().drops().total()).isEqualTo(3);
    }

    private void fill(Host full) {
        for (int i = 0; full.machine().connectedClients() < full.machine().maxClients(); i++) {
            rig.peer(rig.token(9000 + i), NetAddress.ipv4(0x0b000000 + i, 9)).connectTo(full);
        }
    }

    // ---- The order

    /// What can be wrong with a request, in the order of the checks.
    private enum Fault {
        SIZE(Drop.WRONG_SIZE),
        VERSION(Drop.WRONG_VERSION),
        PROTOCOL_ID(Drop.WRONG_PROTOCOL_ID),
        EXPIRED(Drop.TOKEN_EXPIRED),
        OLDER_THAN_START(Drop.TOKEN_OLDER_THAN_START),
        OUTLIVES_LIMIT(Drop.TOKEN_OUTLIVES_LIMIT),
        PRIVATE_KEY(Drop.TOKEN_NOT_AUTHENTIC),
        UNREADABLE(Drop.TOKEN_UNREADABLE),
        OTHER_SERVER(Drop.SERVER_NOT_IN_TOKEN),
        ADDRESS(Drop.ADDRESS_CONNECTED),
        CLIENT_ID(Drop.CLIENT_ID_CONNECTED),
        OTHER_ADDRESS(Drop.TOKEN_FROM_OTHER_ADDRESS),
        FULL(Drop.NONE),
        PENDING_FULL(Drop.PENDING_FULL);

        final Drop drop;

        Fault(Drop drop) {
            this.drop = drop;
        }

        boolean excludes(Fault later) {
            return switch (later) {
                case OUTLIVES_LIMIT -> this == EXPIRED || this == OLDER_THAN_START;
                // A seat ends everything that is pending at its address.
                case PENDING_FULL -> this == ADDRESS;
                default -> false;
            };
        }
    }

    static Stream<Arguments> pairsOfFaults() {
        List<Arguments> pairs = new ArrayList<>();
        for (Fault first : Fault.values()) {
            pairs.add(Arguments.of(first, first));
            for (Fault second : Fault.values()) {
                if (first.ordinal() < second.ordinal() && !first.excludes(second)) {
                    pairs.add(Arguments.of(first, second));
                }
            }
        }
        return pairs.stream();
    }

    @ParameterizedTest(name = "{0} before {1}")
    @MethodSource("pairsOfFaults")
    void ofTwoFaultsTheFirstInTheOrderIsFound(Fault first, Fault second) {
        Set<Fault> faults = EnumSet.of(first, second);
        Host server =
                faults.contains(Fault.OLDER_THAN_START) ? rig.start(config -> config) : rig.host();
        Token token = faultyToken(faults);
        byte[] request = token.request();
        if (faults.contains(Fault.OTHER_ADDRESS)) {
            server.receive(Rig.STRANGER, request);
        }
        prepare(server, faults);
        if (faults.contains(Fault.VERSION)) {
            request[1] ^= 1;
        }
        if (faults.contains(Fault.SIZE)) {
            request = Arrays.copyOf(request, request.length + 1);
        }

        List<Sent> answers = server.receive(Rig.CLIENT, request);

        assertThat(server.lastDrop()).isEqualTo(first.drop);
        assertThat(answers).hasSize(first == Fault.FULL ? 1 : 0);
    }

    private Token faultyToken(Set<Fault> faults) {
        TokenDraft token = rig.token();
        if (faults.contains(Fault.PROTOCOL_ID)) {
            token.protocolId(Rig.PROTOCOL_ID + 1);
        }
        if (faults.contains(Fault.OLDER_THAN_START)) {
            token.expires(Rig.EPOCH + Rig.LIFETIME_SECONDS - 1);
        }
        if (faults.contains(Fault.EXPIRED)) {
            token.expires(Rig.EPOCH);
        }
        if (faults.contains(Fault.OUTLIVES_LIMIT)) {
            token.expires(Rig.EPOCH + Rig.LIFETIME_SECONDS + 1);
        }
        if (faults.contains(Fault.PRIVATE_KEY)) {
            token.privateKey(PrivateKey.random(rig::nextBytes));
        }
        if (faults.contains(Fault.UNREADABLE)) {
            token.privateByte(12, 0);
        }
        if (faults.contains(Fault.OTHER_SERVER)) {
            token.servers(ELSEWHERE);
        }
        return token.mint();
    }

    private void prepare(Host server, Set<Fault> faults) {
        if (faults.contains(Fault.PENDING_FULL)) {
            for (int i = 0; i < 4; i++) {
                rig.peer(rig.token(200 + i), Rig.CLIENT).challengeOf(server);
            }
        }
        if (faults.contains(Fault.CLIENT_ID)) {
            rig.peer(rig.token(1), SECOND_CLIENT).connectTo(server);
        }
        if (faults.contains(Fault.ADDRESS)) {
            rig.peer(rig.token(50), Rig.CLIENT).connectTo(server);
        }
        if (faults.contains(Fault.FULL)) {
            fill(server);
        }
    }
}
