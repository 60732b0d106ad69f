package dev.hawser.backend.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.hawser.backend.player.PlayerIdentity;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.KeyId;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// What requests, reservations and players cannot be.
class RequestsTest {
    private static final List<KeyId> KEYS = List.of(RegistryWorld.A);
    private static final ServerAnnouncement SERVER = RegistryWorld.server("a", 1).announcement();

    @Test
    void aRequestKeepsItsLimits() {
        assertThat(request("r".repeat(64), KEYS, 32, Long.MAX_VALUE).serversMax()).isEqualTo(32);
        assertRefused(() -> request("r".repeat(65), KEYS, 1, 1), "region has 65");
        assertRefused(() -> request("", List.of(), 1, 1), "the number of keyIds is 0");
        assertRefused(() -> request("", KEYS, 0, 1), "serversMax is 0, but must be from 1 to 32");
        assertRefused(() -> request("", KEYS, 33, 1), "serversMax is 33");
        assertRefused(() -> request("", KEYS, 1, -1), "expiresAtUnixSeconds is -1");
    }

    @Test
    void aReservationHasServersThatAllHaveItsKey() {
        List<ServerAnnouncement> most =
                IntStream.range(0, 32)
                        .mapToObj(i -> RegistryWorld.server("s" + i, 1).announcement())
                        .toList();
        assertThat(reservation(most, RegistryWorld.A).servers()).isEqualTo(most);
        assertRefused(
                () -> reservation(List.of(), RegistryWorld.A),
                "the number of servers is 0, but must be from 1 to 32");
        assertRefused(
                () -> reservation(Collections.nCopies(33, SERVER), RegistryWorld.A),
                "the number of servers is 33");
        assertRefused(
                () -> reservation(List.of(SERVER), RegistryWorld.B),
                "keyId is 000000000000000b, but server a has only [000000000000000a]");
    }

    @Test
    void aPlayerIsSomebody() {
        assertThat(new PlayerIdentity("a", "bc", "").key())
                .isNotEqualTo(new PlayerIdentity("ab", "c", "").key());
        assertRefused(() -> new PlayerIdentity("", "s", "n"), "issuer has 0 characters");
        assertRefused(() -> new PlayerIdentity("i", "", "n"), "subject has 0 characters");
        assertRefused(
                () -> new PlayerIdentity("i", "s".repeat(1025), "n"),
                "subject has 1025 characters");
    }

    private static ReservationRequest request(
            String region, List<KeyId> keys, int serversMax, long expiresAt) {
        return new ReservationRequest(1, 2, region, keys, serversMax, expiresAt);
    }

    private static Reservation reservation(List<ServerAnnouncement> servers, KeyId keyId) {
        return new Reservation("1", 2, servers, keyId);
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessageStartingWith(message);
    }
}
