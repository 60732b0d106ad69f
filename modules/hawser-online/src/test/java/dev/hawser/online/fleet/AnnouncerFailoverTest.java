package dev.hawser.online.fleet;

import static dev.hawser.online.fleet.AnnouncerWorld.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.online.http.LargestWaits;
import dev.hawser.online.http.RawServer;
import dev.hawser.online.http.TestService;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server that announces itself to one of several endpoints.
class AnnouncerFailoverTest {
    private static final TestService.Answers WORKS =
            (_, exchange) -> {
                if (exchange.getRequestMethod().equals("DELETE")) {
                    exchange.sendResponseHeaders(204, -1);
                } else {
                    TestService.answer(
                            exchange, 200, "application/json", "{\"heartbeatSeconds\": 5}");
                }
            };

    private final AnnouncerWorld world = new AnnouncerWorld();
    private final AtomicReference<TestService.Answers> ofOne = new AtomicReference<>(WORKS);
    private final AtomicReference<TestService.Answers> ofOther = new AtomicReference<>(WORKS);
    private final TestService one =
            TestService.http((request, exchange) -> ofOne.get().answer(request, exchange));
    private final TestService other =
            TestService.http((request, exchange) -> ofOther.get().answer(request, exchange));

    private static TestService.Answers refuses(int status, String... headers) {
        return (_, exchange) -> TestService.refuse(exchange, status, "No", "no", headers);
    }

    private ServerAnnouncer announce(URI... endpoints) {
        world.startLongAgo();
        return world.announce(world.builder(one).endpoints(endpoints).random(new LargestWaits()));
    }

    private ServerAnnouncer announce() {
        return announce(one.endpoint(), other.endpoint());
    }

    @AfterEach
    void closeAll() {
        world.close();
        one.close();
        other.close();
    }

    @Test
    void oneIsTold() {
        announce();
        world.run(60);
        assertThat(one.received()).isGreaterThan(10);
        assertThat(other.received()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 307, 500, 502, 503})
    void theNextIsToldAtOnceAndFromThenOn(int status) {
        ServerAnnouncer announcer = announce();
        world.connect(7);
        world.step();
        one.next();
        ofOne.set(refuses(status, "Retry-After", "60"));
        world.runUntil(one, 2);
        // No time has passed, and whom the other has never heard of is told.
        assertThat(other.received()).isEqualTo(1);
        assertThat(read(other.next())).containsEntry("connectedSince", List.of("7"));
        assertThat(announcer.isAcknowledged()).isTrue();
        world.run(30);
        assertThat(one.received()).isEqualTo(2);
        assertThat(world.log.lines)
                .filteredOn(line -> !line.startsWith("INFO"))
                .singleElement()
                .asString()
                .startsWith("WARNING " + one.endpoint() + ": ");

        // And back, when that is the one that works.
        ofOne.set(WORKS);
        ofOther.set(refuses(500));
        world.runUntil(one, 3);
        assertThat(announcer.isAcknowledged()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 409, 422, 429})
    void whatIsDecidedIsDecided(int status) {
        announce();
        ofOne.set(refuses(status));
        world.step();
        assertThat(one.received()).isEqualTo(1);
        assertThat(other.received()).isZero();
        assertThat(world.log.lines).singleElement().asString().contains("(" + status + ")");
    }

    @Test
    void whereNobodyListensTheNextIsTold() {
        ServerAnnouncer announcer = announce(RawServer.nobody(), one.endpoint());
        world.step();
        assertThat(announcer.isAcknowledged()).isTrue();
    }

    @Test
    void garbageIsPassedOver() throws Exception {
        try (RawServer garbage = new RawServer("SSH-2.0-OpenSSH_9.2\r\n")) {
            ServerAnnouncer announcer = announce(garbage.endpoint(), one.endpoint());
            world.step();
            assertThat(announcer.isAcknowledged()).isTrue();
        }
    }

    @Test
    void aSilentOneIsPassedOverWhenItsTimeIsOver() throws Exception {
        try (RawServer silent = new RawServer("")) {
            ServerAnnouncer announcer = announce(silent.endpoint(), one.endpoint());
            world.update();
            assertThat(announcer.isCalling()).isTrue();
            world.nowNanos += 5 * AnnouncerWorld.SECOND;
            world.settle();
            assertThat(announcer.isAcknowledged()).isTrue();
            assertThat(one.received()).isEqualTo(1);
        }
    }

    @Test
    void whenAllFailEachWaitsAsItAskedTo() {
        announce();
        ofOne.set(refuses(503, "Retry-After", "20"));
        ofOther.set(refuses(503, "Retry-After", "6"));
        world.step();
        assertThat(one.received()).isEqualTo(1);
        assertThat(other.received()).isEqualTo(1);
        assertThat(world.runUntil(other, 2)).isBetween(6.9, 7.1);
        // The other waits 6 s and 2, and then the one that wanted 20 s is due no sooner.
        assertThat(one.received()).isEqualTo(1);
        assertThat(world.runUntil(one, 2)).isGreaterThan(13);
        assertThat(world.log.lines)
                .filteredOn(line -> line.contains("does not know of"))
                .hasSize(1);
    }

    @Test
    void theServerIsWithdrawnAtTheNextWhereTheOneHasGone() {
        ServerAnnouncer announcer = announce();
        world.step();
        one.close();
        announcer.close();
        assertThat(other.next().method()).isEqualTo("DELETE");
        assertThat(world.log.lines).noneMatch(line -> line.contains("was not told"));
    }
}
