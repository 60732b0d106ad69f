package dev.hawser.netcode;

import static dev.hawser.netcode.Fixtures.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.Authentication;
import dev.hawser.DisconnectReason;
import dev.hawser.TokenUsedException;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.transport.ConditionedTransport;
import dev.hawser.transport.MemoryTransport;
import dev.hawser.transport.Transport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A transport moves the packets of one server or client.
class TransportClaimTest {
    private final Fixtures world = new Fixtures();
    private final MemoryTransport memory = world.network.bind(Fixtures.SERVER_ADDRESS);

    /// What is put around a transport, each time anew.
    enum Kind {
        ITSELF(transport -> transport),
        WRAPPED(transport -> ConditionedTransport.builder(transport).build()),
        WRAPPED_TWICE(transport -> WRAPPED.around(WRAPPED.around(transport)));

        private final UnaryOperator<Transport> wrapper;

        Kind(UnaryOperator<Transport> wrapper) {
            this.wrapper = wrapper;
        }

        Transport around(Transport transport) {
            return wrapper.apply(transport);
        }
    }

    private NetcodeServer serverOver(Transport transport) {
        return world.serverBuilder().transport(transport).build();
    }

    private NetcodeClient clientOver(Transport transport) {
        return world.clientBuilder().transport(transport).authentication(world.token(1)).build();
    }

    @ParameterizedTest
    @EnumSource
    void twoServersOverOneAreRefusedUntilTheFirstHasStopped(Kind kind) {
        NetcodeServer first = serverOver(memory);
        NetcodeServer second = serverOver(kind.around(memory));
        Fixtures.startUnchecked(first);
        assertThatThrownBy(second::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(first.toString())
                .hasMessageContaining("a transport of its own");
        assertThat(second.isRunning()).isFalse();
        second.close();

        world.servers.add(first);
        world.connect(1);
        first.stop();
        world.servers.clear();
        assertThatCode(second::start).doesNotThrowAnyException();
        second.stop();
    }

    @Test
    void aClientOverTheTransportOfAServerIsRefusedAndLeavesItOpen() {
        NetcodeServer server = serverOver(memory);
        Fixtures.startUnchecked(server);
        NetcodeClient client = clientOver(memory);
        assertThatThrownBy(client::connect)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(server.toString());
        client.close();
        assertThat(memory.isOpen()).isTrue();
        server.stop();
    }

    /// Refused before the fetch, so that it is not the game's tick that throws.
    @Test
    void aClientThatFetchesIsRefusedWhenItConnects() {
        Fixtures.startUnchecked(serverOver(memory));
        NetcodeClient client =
                world.clientBuilder()
                        .transport(memory)
                        .authentication(new Authentication.Backend(CompletableFuture::new))
                        .build();
        assertThatThrownBy(client::connect).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void twoClientsOverOneAreRefusedUntilTheFirstHasClosed() {
        NetcodeClient first = clientOver(memory);
        NetcodeClient second = clientOver(memory);
        first.connect();
        first.disconnect();
        first.authentication(world.token(1));
        first.connect();
        assertThatThrownBy(second::connect)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("NetcodeClient[");
        first.close();
        assertThatCode(second::connect).doesNotThrowAnyException();
    }

    @Test
    void aBuilderWithoutATransportMakesOneForEachClient() {
        NetcodeClient.Builder builder = NetcodeClient.builder();
        try (NetcodeClient first = builder.authentication(world.token(1)).build();
                NetcodeClient second = builder.authentication(world.token(2)).build()) {
            first.connect();
            assertThatCode(second::connect).doesNotThrowAnyException();
        }
    }

    /// Two that equal each other are two all the same.
    @Test
    void aTransportIsTheOneThatItIsWhateverItsEqualsSays() {
        Transport one = equalToAll(memory);
        Transport other = equalToAll(world.network.bind(Fixtures.SERVER_ADDRESS.withPort(1)));
        NetcodeServer first = serverOver(one);
        NetcodeServer second = serverOver(other);
        Fixtures.startUnchecked(first);
        assertThatCode(second::start).doesNotThrowAnyException();
        first.stop();
        second.stop();
    }

    private static Transport equalToAll(Transport transport) {
        return (Transport)
                Proxy.newProxyInstance(
                        TransportClaimTest.class.getClassLoader(),
                        new Class<?>[] {Transport.class},
                        (_, method, arguments) ->
                                switch (method.getName()) {
                                    case "equals" -> true;
                                    case "hashCode" -> 1;
                                    default -> invoke(transport, method, arguments);
                                });
    }

    private static Object invoke(Transport transport, Method method, Object[] arguments)
            throws Throwable {
        try {
            return method.invoke(transport, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Test
    void aServerThatCouldNotStartHasClaimedNothing() {
        world.startServer();
        NetcodeServer failed = serverOver(memory);
        assertThatThrownBy(failed::start).hasMessageContaining("in use");
        world.servers.removeFirst().stop();
        assertThatCode(serverOver(memory)::start).doesNotThrowAnyException();
    }

    // ---- Closed by somebody else

    @Test
    void aServerWhoseTransportIsClosedSaysSoAndStops() {
        world.start(world.serverBuilder().transport(memory));
        NetcodeServer server = (NetcodeServer) world.servers.getFirst();
        world.connect(1);
        memory.close();
        server.update();
        assertThat(server.isRunning()).isFalse();
        assertThat(world.log.lines)
                .anySatisfy(line ->
                        assertThat(line)
                                .startsWith("ERROR")
                                .contains("NetcodeServer[", "closed by somebody else"));
        Fixtures.Recorder seen = new Fixtures.Recorder();
        server.receive(seen);
        assertThat(seen.events).last().asString().contains("TransportFailed");

        Fixtures.startUnchecked(server);
        world.connect(2);
    }

    @Test
    void aClientWhoseTransportIsClosedEndsAtOnce() {
        world.startServer();
        MemoryTransport own = world.network.bind(Fixtures.SERVER_ADDRESS.withPort(1));
        NetcodeClient client = clientOver(own);
        world.clients.add(client);
        client.connect();
        world.driveUntil(client::isConnected);
        own.close();
        client.update();
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.TransportFailed.class);
        client.authentication(world.token(1));
        client.connect();
        assertThat(own.isOpen()).isTrue();
    }

    // ---- A token that was used

    @Test
    void aTokenThatWasUsedOpensNoTransport() {
        byte[] token =
                world.mint(TokenRequest.builder(1).server(Fixtures.SERVER_ADDRESS).build())
                        .toBytes();
        world.startServer();
        NetcodeClient first = world.client(new Authentication.Token(ConnectToken.ofBytes(token)));
        first.connect();
        NetcodeClient second =
                world.clientBuilder()
                        .transport(world.network.bind(Fixtures.SERVER_ADDRESS.withPort(1)))
                        .authentication(new Authentication.Token(ConnectToken.ofBytes(token)))
                        .build();
        assertThatThrownBy(second::connect).isInstanceOf(TokenUsedException.class);
        assertThat(second.localAddress()).isEmpty();

        // The one that is open already stays so: its connection goes on.
        world.driveUntil(first::isConnected);
        assertThatThrownBy(first::connect).isInstanceOf(TokenUsedException.class);
        world.driveSeconds(10);
        assertThat(first.isConnected()).isTrue();
    }
}
