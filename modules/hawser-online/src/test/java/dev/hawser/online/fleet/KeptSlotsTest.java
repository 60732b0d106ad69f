package dev.hawser.online.fleet;

import static dev.hawser.online.fleet.AnnouncerWorld.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.netcode.NetcodeClient;
import dev.hawser.online.http.TestService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a server says of slots that it keeps for clients that fell silent.
class KeptSlotsTest {
    private static final String ACKNOWLEDGEMENT =
            """
            {"heartbeatSeconds": 5, "ttlSeconds": 15, "serverTime": 1800000000,
             "connectTokenLifetimeSeconds": 30}
            """;

    private final AnnouncerWorld world = new AnnouncerWorld(2, Duration.ofSeconds(30));

    /// Whether the service is away.
    private volatile boolean isAway;

    private final TestService service =
            TestService.http((_, exchange) -> {
                if (isAway) {
                    TestService.refuse(exchange, 503, "Title", "starting");
                } else {
                    TestService.answer(exchange, 200, "application/json", ACKNOWLEDGEMENT);
                }
            });

    /// How many announcements were looked at.
    private int taken;

    private final List<String> everSaidToHaveLeft = new ArrayList<>();

    @AfterEach
    void closeAll() {
        world.close();
        service.close();
    }

    /// {@return the latest announcement, after some time}
    private Map<String, Object> saidAfter(double seconds) {
        world.run(seconds);
        Map<String, Object> said = Map.of();
        for (; taken < service.received(); taken++) {
            said = read(service.next());
            if (said.get("disconnectedSince") instanceof List<?> left) {
                left.forEach(id -> everSaidToHaveLeft.add(id.toString()));
            }
        }
        return said;
    }

    @Test
    void aSlotThatIsKeptIsNotFreeAndItsClientHasNotLeft() {
        world.startLongAgo();
        world.announce(service);
        NetcodeClient client = world.connect(5);
        assertThat(saidAfter(6)).containsEntry("freeSlots", 1);

        world.freeze(client);

        assertThat(saidAfter(12)).containsEntry("freeSlots", 1);
        assertThat(world.server.connectedClients()).isEmpty();
        assertThat(everSaidToHaveLeft).isEmpty();

        world.thaw(client);
        assertThat(saidAfter(12)).containsEntry("freeSlots", 1);
        assertThat(world.server.connectedClients()).hasSize(1);
        assertThat(everSaidToHaveLeft).isEmpty();
    }

    @Test
    void whoDoesNotComeBackHasLeftWhenTheTimeIsOver() {
        world.startLongAgo();
        world.announce(service);
        world.freeze(world.connect(5));

        assertThat(saidAfter(30)).containsEntry("freeSlots", 1);
        assertThat(everSaidToHaveLeft).isEmpty();
        assertThat(saidAfter(12)).containsEntry("freeSlots", 2);
        assertThat(everSaidToHaveLeft).containsExactly("5");
    }

    @Test
    void aServiceThatWasAwayIsToldOfThoseTooWhoseSlotsAreKept() {
        world.startLongAgo();
        world.announce(service);
        world.freeze(world.connect(5));
        saidAfter(12);
        isAway = true;
        saidAfter(6);
        isAway = false;

        world.run(20);

        boolean isSaid = false;
        for (; taken < service.received(); taken++) {
            isSaid |= List.of("5").equals(read(service.next()).get("connectedSince"));
        }
        assertThat(isSaid).isTrue();
    }
}
