package dev.hawser.netcode;

import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.reasonOf;
import static dev.hawser.netcode.Fixtures.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.Authentication;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.NetServer;
import dev.hawser.Resume;
import dev.hawser.ServerHandler;
import dev.hawser.multi.MultiServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import dev.hawser.transport.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// A laptop that sleeps while its player goes on by a phone, and wakes: both are clients that come
/// back by themselves, and have the same client id.
class WakingClientTest {
    private static final NetAddress OTHER_ADDRESS = NetAddress.parse("10.0.0.2:7777");
    private static final long PLAYER = 7;
    private static final double SLEEP_SECONDS = 60;

    private final Fixtures world = new Fixtures();
    private final MovableTransport lid = new MovableTransport(this::nextPlace);
    private final NetcodeClient laptop =
            world.clientBuilder().transport(lid).resume(Resume.within(Duration.ofHours(1))).build();
    private final NetcodeClient phone =
            world.clientBuilder().resume(Resume.within(Duration.ofHours(1))).build();
    private final Game game = new Game();
    private int places;

    /// What became of each device, one state after the other.
    private final List<ConnectionState> ofLaptop = new ArrayList<>();

    private final List<ConnectionState> ofPhone = new ArrayList<>();
    private final List<String> phoneHeard = new ArrayList<>();
    private int said;

    private Transport nextPlace() {
        return world.network.bind(NetAddress.ipv4(0x0a010000 + ++places, 1000));
    }

    /// Writes down what happens, and says back what it hears.
    private static final class Game implements ServerHandler {
        final List<String> events = new ArrayList<>();
        final List<String> heard = new ArrayList<>();

        @Override
        public void onPayload(ConnectedClient client, ByteBuffer payload) {
            heard.add(text(payload.duplicate()));
            client.server().send(client, payload);
        }

        @Override
        public void onConnect(ConnectedClient client) {
            events.add("connect");
        }

        @Override
        public void onSuspend(ConnectedClient client) {
            events.add("suspend");
        }

        @Override
        public void onResume(ConnectedClient client) {
            events.add("resume");
        }

        @Override
        public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
            events.add("disconnect " + reason.getClass().getSimpleName());
        }
    }

    private static void note(List<ConnectionState> states, NetcodeClient client) {
        if (states.isEmpty() || !states.getLast().equals(client.state())) {
            states.add(client.state());
        }
    }

    /// Ten ticks; the phone says something where it is connected.
    private void play(NetServer server) {
        for (int i = 0; i < 10; i++) {
            world.step();
            server.receive(game);
            note(ofLaptop, laptop);
            note(ofPhone, phone);
            phone.receive(payload -> phoneHeard.add(text(payload)));
        }
        if (phone.isConnected()) {
            phone.send(bytes(String.valueOf(said++)));
        }
    }

    private void play(NetServer server, double seconds) {
        for (int i = 0; i < seconds * 10; i++) {
            play(server);
        }
    }

    /// The laptop is connected and falls asleep; the phone comes in when it may.
    ///
    /// @param isAwaited whether the phone comes only when the server has noticed
    private void sleepAndGoOnByPhone(NetServer server, Authentication ofPhone, boolean isAwaited) {
        world.clients.add(laptop);
        laptop.authentication(world.manual(PLAYER));
        laptop.connect();
        play(server, 2);
        assertThat(laptop.isConnected()).isTrue();

        world.clients.remove(laptop);
        double awaitedSeconds = isAwaited ? 10 : 0;
        play(server, awaitedSeconds);
        world.clients.add(phone);
        phone.authentication(ofPhone);
        phone.connect();
        play(server, SLEEP_SECONDS - awaitedSeconds);
        assertThat(phone.isConnected()).isTrue();
    }

    private void wake(NetServer server) {
        int eventsBefore = game.events.size();
        int statesBefore = ofPhone.size();
        world.clients.add(laptop);
        play(server, 30);

        assertThat(game.events).hasSize(eventsBefore);
        assertThat(ofPhone).hasSize(statesBefore);
        assertThat(phone.isConnected()).isTrue();
        // One is under way.
        List<String> all = IntStream.range(0, said).mapToObj(String::valueOf).toList();
        assertThat(game.heard).isEqualTo(all.subList(0, said - 1));
        assertThat(phoneHeard).isEqualTo(all.subList(0, said - 1));
        assertThat(server.connectedClients()).hasSize(1);
    }

    private long resumingStates() {
        return ofLaptop.stream().filter(state -> state instanceof ConnectionState.Resuming).count();
    }

    private void assertIsDeniedAsReplaced() {
        assertThat(reasonOf(laptop))
                .isInstanceOfSatisfying(
                        DisconnectReason.Denied.class,
                        denied ->
                                assertThat(denied.stated().code())
                                        .isEqualTo(StatedReason.REPLACED));
    }

    private NetcodeServer.Builder keeping(int seconds, SameClient policy) {
        return world.serverBuilder().sameClient(policy).keepSlotFor(Duration.ofSeconds(seconds));
    }

    /// Nothing reaches a laptop that sleeps: what was sent to it meanwhile is lost.
    private void loseWhatWaits() {
        lid.move();
    }

    @ParameterizedTest
    @CsvSource({"0, false", "0, true", "20, true", "300, false", "300, true"})
    void whoWakesHavingHeardNothingIsToldOnceThatItIsReplaced(int keptSeconds, boolean isAwaited) {
        NetcodeServer server = world.start(keeping(keptSeconds, SameClient.TAKE_OVER));
        sleepAndGoOnByPhone(server, world.manual(PLAYER), isAwaited);
        if (keptSeconds > 0 && isAwaited) {
            assertThat(game.events)
                    .containsExactly("connect", "suspend", "disconnect Replaced", "connect");
        }
        loseWhatWaits();
        wake(server);
        assertIsDeniedAsReplaced();
        assertThat(resumingStates()).isOne();
    }

    @Test
    void whoWakesAndFindsTheGoodbyeWaitingDoesNotEvenTry() {
        NetcodeServer server = world.start(keeping(300, SameClient.TAKE_OVER));
        sleepAndGoOnByPhone(server, world.manual(PLAYER), false);
        wake(server);
        assertThat(reasonOf(laptop)).isInstanceOf(DisconnectReason.Replaced.class);
        assertThat(resumingStates()).isZero();
    }

    @ParameterizedTest
    @EnumSource(SameClient.class)
    void atTwoMembersItIsTheSame(SameClient policy) {
        NetcodeServer one = keeping(300, policy).build();
        NetcodeServer other =
                keeping(300, policy).transport(world.network.bind(OTHER_ADDRESS)).build();
        MultiServer both = MultiServer.builder().add("one", one).add("other", other).build();
        Fixtures.startUnchecked(both);
        world.servers.add(both);
        sleepAndGoOnByPhone(
                both,
                new Authentication.Manual(
                        OTHER_ADDRESS, PLAYER, world.privateKey, Fixtures.PROTOCOL_ID),
                true);
        assertThat(one.connectedClients()).isEmpty();
        assertThat(one.stats().suspendedClients()).isZero();
        assertThat(other.connectedClients()).hasSize(1);
        loseWhatWaits();
        wake(both);
        assertIsDeniedAsReplaced();
        assertThat(one.connectedClients()).isEmpty();
    }
}
