package dev.hawser.netcode;

import static dev.hawser.netcode.Fixtures.SERVER_ADDRESS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.Authentication;
import dev.hawser.protocol.Drop;
import dev.hawser.protocol.WallClock;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.time.SystemClock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Somebody sets the clock of a server's machine; that of the backend is right.
class ClockStepsTest {
    private final Fixtures world = new Fixtures();
    private long aheadSeconds;

    /// In a process that starts with it.
    private NetcodeServer start() {
        WallClock machine =
                SystemClock.corrected(
                        () -> Instant.ofEpochSecond(world.wallClock.unixSeconds() + aheadSeconds),
                        () -> world.nowNanos);
        return world.start(world.serverBuilder().wallClock(machine));
    }

    private List<String> clockLines() {
        return world.log.lines.stream().filter(line -> line.contains("The clock of")).toList();
    }

    private NetcodeClient connecting(long clientId) {
        NetcodeClient client = world.client(world.token(clientId));
        client.connect();
        return client;
    }

    @ParameterizedTest
    @ValueSource(longs = {-3600, 3600})
    void aServerThatStartsWithAWrongClockTakesPlayersSecondsAfterItIsSetRight(long wrongBySeconds) {
        aheadSeconds = wrongBySeconds;
        start();
        world.driveSeconds(2);
        aheadSeconds = 0;
        world.driveSeconds(0.1);
        // A client gives up after five seconds.
        NetcodeClient client = connecting(1);
        world.driveSeconds(3.5);

        assertThat(client.isConnected()).isTrue();
        assertThat(clockLines())
                .singleElement()
                .asString()
                .startsWith("WARNING The clock of this machine was set")
                .contains(
                        wrongBySeconds > 0 ? " back by 36" : " forward by 36",
                        "NetcodeServer[10.0.0.1:7777] judges connect tokens by the new time")
                .doesNotContain("stay refused");
    }

    @ParameterizedTest
    @ValueSource(longs = {-3600, 3600})
    void aClockThatIsWrongForATickChangesNothing(long wrongBySeconds) {
        NetcodeServer server = start();
        world.connect(1);
        world.driveSeconds(2);
        aheadSeconds = wrongBySeconds;
        server.update();
        aheadSeconds = 0;

        world.connect(2);

        assertThat(server.stats().connectedClients()).isEqualTo(2);
        assertThat(clockLines()).isEmpty();
    }

    @Test
    void whoeverIsConnectedPlaysOnWhateverTheClockDoes() {
        NetcodeServer server = start();
        NetcodeClient client = world.connect(1);
        for (int i = 0; i < 10; i++) {
            aheadSeconds = i % 2 == 0 ? 7200 : -7200;
            world.driveSeconds(4);
        }
        assertThat(client.isConnected()).isTrue();
        assertThat(server.stats().connectedClients()).isOne();
        assertThat(clockLines()).hasSize(10);
    }

    @Test
    void stoppingAndStartingIsNotNeededAndDoesNoHarm() throws Exception {
        aheadSeconds = 3600;
        NetcodeServer server = start();
        world.driveSeconds(1);
        aheadSeconds = 0;
        server.stop();
        server.start();
        world.driveSeconds(4);

        world.connect(1);

        assertThat(server.stats().connectedClients()).isOne();
    }

    @Test
    void theLogSaysUntilWhenWhatWasForgottenStaysRefused() {
        NetcodeServer server = start();
        world.driveSeconds(2);
        world.connect(1);
        world.driveSeconds(32);
        // Makes the history forget the first token.
        world.connect(2);
        aheadSeconds = -60;
        world.driveSeconds(4);

        assertThat(clockLines())
                .singleElement()
                .asString()
                .contains(
                        "set back by 60 s",
                        "the last of them until 2027-01-15T08:00:32Z: nobody can tell");
        // A backend whose clock has gone the same way mints what others of that second had.
        NetcodeClient client =
                world.client(
                        new Authentication.Token(
                                new TokenMint(
                                                world.privateKey,
                                                Fixtures.PROTOCOL_ID,
                                                world.random,
                                                () -> 1_800_000_002)
                                        .mint(
                                                TokenRequest.builder(4)
                                                        .server(SERVER_ADDRESS)
                                                        .build())));
        client.connect();
        world.driveSeconds(1);
        assertThat(client.isConnected()).isFalse();
        assertThat(server.stats().drops()).containsKey(Drop.TOKEN_FORGOTTEN);
    }
}
