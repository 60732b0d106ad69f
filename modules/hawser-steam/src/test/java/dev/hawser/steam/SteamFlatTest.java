package dev.hawser.steam;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The flat functions, called through the real symbols of Valve's library, on interfaces whose
/// virtual functions are Java: names, arguments, their order and the slots behind them.
@SuppressWarnings("restricted")
class SteamFlatTest {
    private static final NetAddress SERVER_HOST = NetAddress.parse("10.0.0.1:0");
    private static final int PORT = 27_015;
    private static final int RELIABLE = 8;
    private static final int NO_NAGLE = 1;
    private static final int NO_DELAY = 4;

    private long nowNanos;
    private final LoopbackNetwork network = new LoopbackNetwork(() -> nowNanos);
    private final Arena arena = Arena.ofConfined();
    private LoopbackSteam serverSteam;
    private LoopbackSteam clientSteam;
    private SteamFlat server;
    private SteamFlat client;
    private final List<StatusChange> atServer = new ArrayList<>();
    private final List<StatusChange> atClient = new ArrayList<>();
    private int serverNumber;
    private int clientNumber;
    private long failuresBefore;

    @BeforeEach
    void begin() {
        failuresBefore = LoopbackSteam.failures();
        serverSteam = new LoopbackSteam(network, new SteamIdentity.SteamId(1000), SERVER_HOST);
        clientSteam =
                new LoopbackSteam(
                        network, new SteamIdentity.SteamId(2000), NetAddress.parse("10.0.0.2:0"));
        server = serverSteam.flat();
        client = clientSteam.flat();
        serverNumber = StatusCallbacks.add(atServer::add);
        clientNumber = StatusCallbacks.add(atClient::add);
    }

    @AfterEach
    void end() {
        StatusCallbacks.remove(serverNumber);
        StatusCallbacks.remove(clientNumber);
        serverSteam.close();
        clientSteam.close();
        arena.close();
        assertThat(LoopbackSteam.failures()).isEqualTo(failuresBefore);
        assertThat(MessagePool.failures()).isZero();
    }

    // ---- Making connections

    @Test
    void aConnectionByAddressIsMade() {
        listen(SteamOptions.DEFAULT);
        int made = connect(SteamOptions.DEFAULT);
        pump();

        StatusChange newcomer = atServer.getFirst();
        assertThat(newcomer.state()).isEqualTo(ConnectionStates.CONNECTING);
        assertThat(newcomer.identity()).isEqualTo(new SteamIdentity.SteamId(2000));
        assertThat(newcomer.address()).isEqualTo(NetAddress.parse("10.0.0.2:40000"));
        assertThat(newcomer.listenSocket()).isPositive();

        assertThat(server.acceptConnection(newcomer.connection())).isEqualTo(LoopbackNetwork.OK);
        pump();

        assertThat(states(atServer))
                .containsExactly(ConnectionStates.CONNECTING, ConnectionStates.CONNECTED);
        assertThat(states(atClient))
                .containsExactly(ConnectionStates.CONNECTING, ConnectionStates.CONNECTED);
        assertThat(atClient).allMatch(change -> change.connection() == made);
        assertThat(atClient).allMatch(change -> change.listenSocket() == 0);
        assertThat(server.acceptConnection(newcomer.connection()))
                .isEqualTo(LoopbackNetwork.INVALID_STATE);
    }

    @Test
    void aConnectionBetweenPeersFindsItsRoute() {
        OptionArray options = new OptionArray(arena, SteamOptions.DEFAULT, serverNumber, 0);
        int listening = server.createListenSocketP2p(7, options.length(), options.array());
        assertThat(listening).isPositive();
        MemorySegment peer = arena.allocate(SteamLayouts.IDENTITY);
        SteamLayouts.writeIdentity(peer, new SteamIdentity.SteamId(1000));
        OptionArray clientOptions = new OptionArray(arena, SteamOptions.DEFAULT, clientNumber, 0);
        assertThat(client.connectP2p(peer, 7, clientOptions.length(), clientOptions.array()))
                .isPositive();
        pump();
        server.acceptConnection(atServer.getFirst().connection());
        pump();

        assertThat(states(atServer))
                .containsExactly(
                        ConnectionStates.CONNECTING,
                        ConnectionStates.FINDING_ROUTE,
                        ConnectionStates.CONNECTED);
        assertThat(states(atClient)).isEqualTo(states(atServer));
        assertThat(atClient.getLast().identity()).isEqualTo(new SteamIdentity.SteamId(1000));
        assertThat(server.closeListenSocket(listening)).isTrue();
        assertThat(server.closeListenSocket(listening)).isFalse();
    }

    @Test
    void aListenSocketKnowsItsAddress() {
        int listening = listen(SteamOptions.DEFAULT);
        MemorySegment address = arena.allocate(SteamLayouts.ADDRESS);

        assertThat(server.listenSocketAddress(listening, address)).isTrue();
        assertThat(SteamLayouts.readAddress(address)).isEqualTo(SERVER_HOST.withPort(PORT));
        assertThat(server.listenSocketAddress(listening + 1, address)).isFalse();
    }

    @Test
    void aProcessKnowsWhoItIs() {
        MemorySegment identity = arena.allocate(SteamLayouts.IDENTITY);

        assertThat(client.identity(identity)).isTrue();
        assertThat(SteamLayouts.readIdentity(identity)).isEqualTo(new SteamIdentity.SteamId(2000));
    }

    @Test
    void connectingToNobodyTimesOutAfterTheInitialTimeout() {
        connect(SteamOptions.DEFAULT.initialTimeout(Duration.ofMillis(2500)));
        nowNanos = Duration.ofMillis(2500).toNanos();
        pump();
        assertThat(states(atClient)).containsExactly(ConnectionStates.CONNECTING);
        nowNanos++;
        pump();

        assertThat(states(atClient))
                .containsExactly(
                        ConnectionStates.CONNECTING, ConnectionStates.PROBLEM_DETECTED_LOCALLY);
        assertThat(end(atClient).isTimeout()).isTrue();
    }

    // ---- Ending them

    @Test
    void aRefusedClientReadsCodeAndText() {
        listen(SteamOptions.DEFAULT);
        connect(SteamOptions.DEFAULT);
        pump();
        close(server, atServer.getFirst().connection(), 1005, "denied", false);
        pump();

        assertThat(states(atClient))
                .containsExactly(ConnectionStates.CONNECTING, ConnectionStates.CLOSED_BY_PEER);
        assertThat(end(atClient)).isEqualTo(new EndReason(1005, "denied"));
        assertThat(states(atServer))
                .containsExactly(ConnectionStates.CONNECTING, ConnectionStates.NONE);
    }

    @Test
    void bothSidesCanEndAConnection() {
        int made = connected();
        close(client, made, 1501, "dinner", true);
        pump();
        assertThat(atServer.getLast().state()).isEqualTo(ConnectionStates.CLOSED_BY_PEER);
        assertThat(end(atServer)).isEqualTo(new EndReason(1501, "dinner"));
        assertThat(network.connections()).as("the server's end is still owed a close").isOne();
        assertThat(close(server, accepted(), 0, "", false)).isTrue();
        assertThat(network.connections()).isZero();
        assertThat(close(server, accepted(), 0, "", false)).isFalse();
    }

    @Test
    void aSilentPeerTimesOutAfterTheConnectedTimeout() {
        listen(SteamOptions.DEFAULT.connectedTimeout(Duration.ofSeconds(3)));
        connect(SteamOptions.DEFAULT);
        pump();
        server.acceptConnection(accepted());
        pump();
        clientSteam.crash();
        nowNanos += Duration.ofSeconds(3).toNanos() + 1;
        server.runCallbacks();

        assertThat(atServer.getLast().state()).isEqualTo(ConnectionStates.PROBLEM_DETECTED_LOCALLY);
        assertThat(end(atServer).isTimeout()).isTrue();
    }

    // ---- Messages

    @Test
    void messagesGoBothWaysInBothModes() {
        int made = connected();

        assertThat(send(client, made, "unreliable", NO_NAGLE)).isEqualTo(LoopbackNetwork.OK);
        assertThat(send(client, made, "reliable", RELIABLE)).isEqualTo(LoopbackNetwork.OK);
        assertThat(client.flushMessagesOnConnection(made)).isEqualTo(LoopbackNetwork.OK);
        assertThat(send(server, accepted(), "back", RELIABLE | NO_NAGLE))
                .isEqualTo(LoopbackNetwork.OK);

        assertThat(receive(server, accepted())).containsExactly("unreliable 1", "reliable 8");
        assertThat(receive(client, made)).containsExactly("back 9");
        assertThat(receive(client, made)).isEmpty();
        assertThat(MessagePool.live()).isZero();
    }

    @Test
    void whatDoesNotFitIsRefused() {
        listen(SteamOptions.DEFAULT);
        int made = connect(SteamOptions.DEFAULT.sendBufferBytes(2048));
        pump();
        assertThat(send(client, made, "early", NO_DELAY)).isEqualTo(LoopbackNetwork.IGNORED);
        server.acceptConnection(accepted());
        network.isStalled = true;

        assertThat(send(client, made, "x".repeat(2048), 0)).isEqualTo(LoopbackNetwork.OK);
        assertThat(send(client, made, "x", RELIABLE)).isEqualTo(LoopbackNetwork.LIMIT_EXCEEDED);
        assertThat(send(client, made + 77, "x", 0)).isEqualTo(LoopbackNetwork.NO_CONNECTION);
    }

    @Test
    void aPollGroupHasTheMessagesOfItsConnections() {
        int made = connected();
        int group = server.createPollGroup();
        assertThat(server.setConnectionPollGroup(accepted(), group)).isTrue();
        assertThat(server.setConnectionPollGroup(accepted(), group + 77)).isFalse();
        server.setConnectionUserData(accepted(), StatusCallbacks.userData(serverNumber, 5));
        send(client, made, "one", NO_NAGLE);
        MemorySegment messages = arena.allocate(ADDRESS, 4);

        assertThat(server.receiveMessagesOnPollGroup(group, messages, 4)).isOne();
        MemorySegment message =
                messages.getAtIndex(ADDRESS, 0).reinterpret(SteamLayouts.MESSAGE.byteSize());
        assertThat(longAt(message, SteamLayouts.MESSAGE, "connectionUserData"))
                .isEqualTo(StatusCallbacks.userData(serverNumber, 5));
        server.releaseMessage(message.address());
        assertThat(server.setConnectionPollGroup(accepted(), 0)).isTrue();
        send(client, made, "two", NO_NAGLE);
        assertThat(server.receiveMessagesOnPollGroup(group, messages, 4)).isZero();
        assertThat(server.destroyPollGroup(group)).isTrue();
        assertThat(server.receiveMessagesOnPollGroup(group, messages, 4)).isNegative();
        assertThat(receive(server, accepted())).containsExactly("two 1");
    }

    // ---- Options and looks

    @Test
    void optionsArriveAsTheyWereSet() {
        listen(SteamOptions.DEFAULT);
        connect(
                SteamOptions.DEFAULT
                        .initialTimeout(Duration.ofSeconds(4))
                        .connectedTimeout(Duration.ofSeconds(5))
                        .sendRate(100_000)
                        .sendBufferBytes(4096)
                        .receiveBuffer(8192, 16)
                        .mtuBytes(1000)
                        .nagle(Duration.ofNanos(1_250_000))
                        .localVirtualPort(3));

        assertThat(network.connectionsOf(clientSteam).getFirst().options)
                .containsEntry(24, 4000L)
                .containsEntry(25, 5000L)
                .containsEntry(10, 100_000L)
                .containsEntry(11, 100_000L)
                .containsEntry(9, 4096L)
                .containsEntry(47, 8192L)
                .containsEntry(48, 16L)
                .containsEntry(32, 1000L)
                .containsEntry(12, 1250L)
                .containsEntry(38, 3L)
                .containsEntry(23, 2L)
                .containsEntry(40, StatusCallbacks.userData(clientNumber, 0))
                .containsEntry(201, StatusCallbacks.POINTER.address());
    }

    @Test
    void anOptionCanBeSetLater() {
        int made = connected();

        assertThat(client.setConfigValue(25, 4, made, 1, arena.allocateFrom(JAVA_INT, 1234)))
                .isTrue();
        assertThat(client.setConfigValue(777, 4, made, 1, arena.allocateFrom(JAVA_INT, 1)))
                .isFalse();
        assertThat(clientSteam.laterOptions.get(made)).containsEntry(25, 1234);
    }

    @Test
    void infoAndStatusAreRead() {
        int made = connected();
        MemorySegment info = arena.allocate(SteamLayouts.INFO);
        MemorySegment status = arena.allocate(SteamLayouts.STATUS);

        assertThat(client.connectionInfo(made, info)).isTrue();
        assertThat(intAt(info, SteamLayouts.INFO, "state")).isEqualTo(ConnectionStates.CONNECTED);
        assertThat(client.connectionRealTimeStatus(made, status)).isEqualTo(LoopbackNetwork.OK);
        assertThat(intAt(status, SteamLayouts.STATUS, "pingMillis")).isEqualTo(42);
        assertThat(client.connectionRealTimeStatus(made + 77, status))
                .isEqualTo(LoopbackNetwork.NO_CONNECTION);
    }

    @Test
    void relaysAreAskedFor() {
        assertThat(client.relayNetworkStatus()).isOne();
        assertThat(client.initRelayNetworkAccess()).isTrue();
        assertThat(clientSteam.relayInits).isOne();
        assertThat(client.relayNetworkStatus()).isEqualTo(100);
    }

    @Test
    void aCallbackThatThrowsIsCountedAndTheProcessLives() {
        StatusCallbacks.remove(clientNumber);
        clientNumber =
                StatusCallbacks.add(_ -> {
                    throw new StackOverflowError("thrown on purpose");
                });
        long before = StatusCallbacks.failures();
        listen(SteamOptions.DEFAULT);
        connect(SteamOptions.DEFAULT);
        pump();

        assertThat(StatusCallbacks.failures()).isEqualTo(before + 1);
        assertThat(states(atServer)).containsExactly(ConnectionStates.CONNECTING);
    }

    @Test
    void aCallbackOfAListenerThatIsGoneIsIgnored() {
        listen(SteamOptions.DEFAULT);
        connect(SteamOptions.DEFAULT);
        StatusCallbacks.remove(clientNumber);
        pump();

        assertThat(atClient).isEmpty();
    }

    // ---- Short forms

    private int listen(SteamOptions options) {
        MemorySegment address = arena.allocate(SteamLayouts.ADDRESS);
        SteamLayouts.writeAddress(address, SERVER_HOST.withPort(PORT));
        OptionArray array = new OptionArray(arena, options, serverNumber, 2);
        int listening = server.createListenSocketIp(address, array.length(), array.array());
        assertThat(listening).isPositive();
        return listening;
    }

    private int connect(SteamOptions options) {
        MemorySegment address = arena.allocate(SteamLayouts.ADDRESS);
        SteamLayouts.writeAddress(address, SERVER_HOST.withPort(PORT));
        OptionArray array = new OptionArray(arena, options, clientNumber, 2);
        int made = client.connectByIpAddress(address, array.length(), array.array());
        assertThat(made).isPositive();
        return made;
    }

    private int connected() {
        listen(SteamOptions.DEFAULT);
        int made = connect(SteamOptions.DEFAULT);
        pump();
        server.acceptConnection(accepted());
        pump();
        return made;
    }

    private int accepted() {
        return atServer.getFirst().connection();
    }

    private boolean close(SteamFlat side, int connection, int code, String text, boolean lingers) {
        return side.closeConnection(connection, code, arena.allocateFrom(text), lingers);
    }

    private int send(SteamFlat side, int connection, String text, int flags) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return side.sendMessageToConnection(
                connection, arena.allocateFrom(JAVA_BYTE, bytes), bytes.length, flags);
    }

    private List<String> receive(SteamFlat side, int connection) {
        MemorySegment messages = arena.allocate(JAVA_LONG, 8);
        int count = side.receiveMessagesOnConnection(connection, messages, 8);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            MemorySegment message =
                    messages.getAtIndex(ADDRESS, i).reinterpret(SteamLayouts.MESSAGE.byteSize());
            int size = intAt(message, SteamLayouts.MESSAGE, "size");
            byte[] bytes = message.get(ADDRESS, 0).reinterpret(size).toArray(JAVA_BYTE);
            texts.add(
                    new String(bytes, StandardCharsets.UTF_8)
                            + " "
                            + intAt(message, SteamLayouts.MESSAGE, "flags"));
            side.releaseMessage(message.address());
        }
        return texts;
    }

    private void pump() {
        server.runCallbacks();
        client.runCallbacks();
        server.runCallbacks();
    }

    private static EndReason end(List<StatusChange> changes) {
        StatusChange last = changes.getLast();
        return new EndReason(last.endReason(), last.endText());
    }

    private static List<Integer> states(List<StatusChange> changes) {
        return changes.stream().map(StatusChange::state).toList();
    }

    private static int intAt(MemorySegment struct, StructLayout layout, String field) {
        return struct.get(JAVA_INT_UNALIGNED, SteamLayouts.offset(layout, field));
    }

    private static long longAt(MemorySegment struct, StructLayout layout, String field) {
        return struct.get(JAVA_LONG_UNALIGNED, SteamLayouts.offset(layout, field));
    }
}
