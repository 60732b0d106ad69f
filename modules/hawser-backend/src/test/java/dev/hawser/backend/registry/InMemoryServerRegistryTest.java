package dev.hawser.backend.registry;

import static dev.hawser.backend.registry.RegistryWorld.A;
import static dev.hawser.backend.registry.RegistryWorld.B;
import static dev.hawser.backend.registry.RegistryWorld.LIFETIME_SECONDS;
import static dev.hawser.backend.registry.RegistryWorld.TIMEOUT_SECONDS;
import static dev.hawser.backend.registry.RegistryWorld.TOKENS_MAX;
import static dev.hawser.backend.registry.RegistryWorld.names;
import static dev.hawser.backend.registry.RegistryWorld.player;
import static dev.hawser.backend.registry.RegistryWorld.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.TokenTag;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the registry in memory has of its own: limits, and servers that are configured. What every
/// registry does is in the contracts of hawser-tests, in the package `fleet`.
class InMemoryServerRegistryTest {
    private final RegistryWorld world = new RegistryWorld();

    @Test
    void aReservationOfTwoServersOfOneAddressIsRefused() {
        ServerAnnouncement one = server("one", 5).announcement();
        assertThatThrownBy(() -> new Reservation("1", 7, List.of(one, one), A))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one and one both know themselves as 192.0.2.1:");
    }

    @Test
    void aReservationThatWasAskedForAgainEndsWithTheLaterToken() {
        world.registry.configure(server("a", 1).announcement());
        world.reserved(player(1));
        world.pass(LIFETIME_SECONDS - 1);
        world.reserved(player(1));
        world.pass(LIFETIME_SECONDS - 1);
        assertThat(world.registry.reservations()).isOne();
        world.pass(1);
        assertThat(world.registry.reservations()).isZero();
    }

    @Test
    void aSilentServerIsDropped() {
        world.announce(server("a", 1));
        world.reserved(player(1));
        world.pass(TIMEOUT_SECONDS - 0.001);
        assertThat(world.registry.servers()).hasSize(1);
        world.pass(0.001);
        assertThat(world.registry.servers()).isEmpty();
        assertThat(world.registry.reservations()).isZero();
        assertThat(world.reserve(player(1))).isEmpty();
    }

    @Test
    void aConfiguredServerIsNeverSilent() {
        world.registry.configure(server("fixed", 1).announcement());
        world.pass(1e6);
        assertThat(names(world.reserved(player(1)))).containsExactly("fixed");
        world.announce(server("fixed", 5));
        world.pass(1e6);
        assertThat(world.reserve(player(2))).isPresent();
    }

    @Test
    void aServerThatAnnouncedItselfCanBeConfigured() {
        world.announce(server("a", 1));
        world.registry.configure(server("a", 2).keys(B).announcement());
        world.pass(TIMEOUT_SECONDS);
        assertThat(world.reserved(player(1).keys(B, A)).keyId()).isEqualTo(B);
    }

    @Test
    void theClientIdThatWasNotClaimedForLongestIsForgotten() {
        world.claim(1, "alice");
        world.claim(2, "bob");
        world.claim(3, "carol");
        world.claim(1, "alice");
        world.claim(4, "dave");
        assertThat(world.claim(1, "mallory")).isFalse();
        assertThat(world.claim(3, "mallory")).isFalse();
        assertThat(world.claim(4, "mallory")).isFalse();
        assertThat(world.claim(2, "mallory")).isTrue();
    }

    @Test
    void ofManyTokensThoseThatNobodyAskedForAreForgottenFirst() {
        world.announce(server("home", 60));
        for (int i = 0; i < TOKENS_MAX; i++) {
            world.release(world.sent(player(i), new TokenTag(i, 1)));
        }
        assertThat(world.registry.tokens()).isEqualTo(TOKENS_MAX);
        // Named, and so one of the latest.
        assertThat(world.mayResume(1, new TokenTag(0, 1))).isFalse();

        world.sent(player(TOKENS_MAX), new TokenTag(TOKENS_MAX, 1));

        assertThat(world.registry.tokens()).isEqualTo(TOKENS_MAX);
        assertThat(world.mayResume(TOKENS_MAX, new TokenTag(1, 1))).isTrue();
        assertThat(world.mayResume(TOKENS_MAX, new TokenTag(0, 1))).isFalse();
    }

    @Test
    void settingsOutsideTheirLimitsAreRefused() {
        InMemoryServerRegistry.Builder builder = InMemoryServerRegistry.builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.serverTimeout(Duration.ofMillis(999)))
                .withMessageContaining("999 ms");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.serverTimeout(Duration.ofHours(1).plusMillis(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.serversMax(0))
                .withMessageContaining("serversMax is 0, but must be from 1 to 1000000");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.clientIdsMax(0));
    }
}
