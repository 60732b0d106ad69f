package dev.hawser.netcode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.Authentication;
import dev.hawser.protocol.Drop;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.token.TokenRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Keys are changed while players come and go.
class KeyRotationTest {
    private final Fixtures world = new Fixtures();
    private final Random random = new Random(9);
    private long clientId;

    private PrivateKey key() {
        return PrivateKey.random(random::nextBytes);
    }

    /// {@return whether a client gets in with a token under this key}
    private boolean letsIn(PrivateKey key) {
        clientId++;
        NetcodeClient client =
                world.client(
                        new Authentication.Token(
                                world.mint(
                                        TokenRequest.builder(clientId)
                                                .server(Fixtures.SERVER_ADDRESS)
                                                .timeoutSeconds(1)
                                                .build(),
                                        key,
                                        Fixtures.PROTOCOL_ID)));
        client.connect();
        world.driveSeconds(2);
        boolean isIn = client.isConnected();
        client.close();
        world.driveSeconds(0.1);
        return isIn;
    }

    @Test
    void aServerTakesTokensUnderEveryKeyOfItsRing() {
        List<PrivateKey> keys = new ArrayList<>(List.of(key(), key(), key(), key()));
        world.start(world.serverBuilder().keyRing(KeyRing.of(keys)));
        assertThat(keys).allMatch(this::letsIn);
        assertThat(letsIn(key())).isFalse();
    }

    @Test
    void aRingIsChangedWhileTheServerRuns() {
        PrivateKey old = key();
        PrivateKey fresh = key();
        NetcodeServer server = world.start(world.serverBuilder().keyRing(KeyRing.of(old)));
        assertThat(letsIn(old)).isTrue();
        assertThat(letsIn(fresh)).isFalse();
        server.keyRing(KeyRing.of(old).withNewest(fresh));
        assertThat(letsIn(old)).isTrue();
        assertThat(letsIn(fresh)).isTrue();
        server.keyRing(KeyRing.of(fresh));
        assertThat(letsIn(fresh)).isTrue();
        assertThat(letsIn(old)).isFalse();
        assertThat(server.stats().drops()).containsKey(Drop.TOKEN_NOT_AUTHENTIC);
    }

    @Test
    void whoIsConnectedStaysWhenItsKeyIsRetired() {
        PrivateKey fresh = key();
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1000);
        server.keyRing(KeyRing.of(fresh));
        world.driveSeconds(10);
        assertThat(client.isConnected()).isTrue();
    }

    @Test
    void aRingOutlivesARestart() {
        PrivateKey fresh = key();
        NetcodeServer server = world.startServer();
        server.keyRing(KeyRing.of(fresh));
        server.stop();
        Fixtures.startUnchecked(server);
        world.driveSeconds(1);
        assertThat(letsIn(fresh)).isTrue();
    }

    @Test
    void aRingWithAnErasedKeyIsRefusedAndTheOldOneStays() {
        PrivateKey old = key();
        PrivateKey erased = key();
        KeyRing ring = KeyRing.of(old).withNewest(erased);
        NetcodeServer server = world.start(world.serverBuilder().keyRing(KeyRing.of(old)));
        erased.erase();
        assertThatThrownBy(() -> server.keyRing(ring)).isInstanceOf(IllegalStateException.class);
        assertThat(letsIn(old)).isTrue();
    }

    @Test
    void aRingThatIsNoneIsRefusedAndTheOldOneStaysAlsoAtAServerThatHasStopped() {
        PrivateKey old = key();
        PrivateKey erased = key();
        KeyRing ring = KeyRing.of(old).withNewest(erased);
        NetcodeServer server = world.start(world.serverBuilder().keyRing(KeyRing.of(old)));
        server.stop();
        erased.erase();
        assertThatThrownBy(() -> server.keyRing(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("keys");
        assertThatThrownBy(() -> server.keyRing(ring)).isInstanceOf(IllegalStateException.class);
        Fixtures.startUnchecked(server);
        assertThat(letsIn(old)).isTrue();
    }
}
