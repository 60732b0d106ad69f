package dev.hawser.online.agones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.Refusal;
import dev.hawser.ServerRunner;
import dev.hawser.TestLog;
import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A server in virtual time, and a double of the sidecar over real sockets: no Agones has run here.
class AgonesLifecycleTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long STEP_NANOS = SECOND / 20;
    private static final long PATIENCE_MINUTES = 10;

    private final TestLog log = new TestLog();
    private final List<AgonesGameServer> told = new ArrayList<>();
    private final LocalServer server = LocalServer.builder().build();
    private SidecarDouble sidecar = new SidecarDouble();
    private long nowNanos;
    private AgonesLifecycle agones = build(builder());

    private AgonesLifecycle.Builder builder() {
        return AgonesLifecycle.builder()
                .port(sidecar.port())
                .listener(told::add)
                .monotonicClock(() -> nowNanos)
                // Of real time there is enough; what comes too late does so in virtual time.
                .requestTimeout(Duration.ofMinutes(1))
                .closeTimeout(Duration.ofMinutes(1))
                .random(new Random(1))
                .logger(log);
    }

    private AgonesLifecycle build(AgonesLifecycle.Builder builder) {
        if (agones != null) {
            agones.close();
        }
        agones = builder.build();
        return agones;
    }

    @AfterEach
    void close() {
        sidecar.isSilent = false;
        agones.close();
        server.close();
        sidecar.close();
    }

    private void start() throws IOException {
        server.start();
    }

    /// One tick, after which no request is under way.
    private void step() {
        tick();
        long endNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(PATIENCE_MINUTES);
        while (agones.isCalling()) {
            assertThat(System.nanoTime()).isLessThan(endNanos);
            LockSupport.parkNanos(100_000);
            agones.update(server);
        }
    }

    /// One tick, which waits for nothing.
    private void tick() {
        nowNanos += STEP_NANOS;
        server.update();
        agones.update(server);
    }

    private void run(double seconds) {
        long endNanos = nowNanos + (long) (seconds * SECOND);
        while (nowNanos < endNanos) {
            step();
        }
    }

    /// Ticks until something is so; the sidecar's threads have their own time.
    private void until(BooleanSupplier condition) {
        long endNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(PATIENCE_MINUTES);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(endNanos);
            LockSupport.parkNanos(100_000);
            tick();
        }
    }

    private LocalClient connect() {
        LocalClient client = LocalClient.builder(server).id(1).build();
        client.connect();
        server.update();
        client.update();
        assertThat(client.isConnected()).isTrue();
        return client;
    }

    private boolean isTold(AgonesState state) {
        return !told.isEmpty() && told.getLast().state() == state;
    }

    // ---- Ready

    @Test
    void aServerIsReadyWhenItListensAndNotBefore() throws IOException {
        run(1);
        assertThat(sidecar.changes()).isEmpty();
        start();
        run(1);
        assertThat(sidecar.changes()).containsExactly("POST /ready");
        assertThat(agones.isReadyAcknowledged()).isTrue();
        until(() -> isTold(AgonesState.READY));
    }

    @Test
    void aGameSaysWhenItIsReady() throws IOException {
        boolean[] isLoaded = new boolean[1];
        build(builder().readyWhen(() -> isLoaded[0]));
        start();
        run(1);
        assertThat(sidecar.changes()).isEmpty();
        isLoaded[0] = true;
        run(1);
        assertThat(sidecar.changes()).containsExactly("POST /ready");
    }

    @Test
    void aServerThatDrainsAlreadyIsNotReady() throws IOException {
        start();
        server.drain(Duration.ofHours(1), new Refusal.Draining("", 1));
        run(1);
        assertThat(sidecar.changes()).isEmpty();
    }

    @Test
    void aLostAnswerDoesNotTakeAnAllocationBack() throws IOException {
        start();
        sidecar.hangsUp = true;
        until(() -> sidecar.state().equals("Ready"));
        sidecar.state("Allocated");
        until(() -> agones.stats().requestsFailed() > 0);
        sidecar.hangsUp = false;
        run(10);
        assertThat(agones.isReadyAcknowledged()).isTrue();
        assertThat(sidecar.changes()).containsExactly("POST /ready");
        assertThat(sidecar.state()).isEqualTo("Allocated");
    }

    @Test
    void aServerThatIsToGoIsNotReady() throws IOException {
        sidecar.state("Shutdown");
        start();
        run(1);
        assertThat(sidecar.changes()).isEmpty();
    }

    @Test
    void theNextMatchIsReadyAgain() throws IOException {
        start();
        agones.ready();
        run(1);
        agones.allocate();
        run(1);
        agones.ready();
        run(1);
        agones.reserve(Duration.ofSeconds(90));
        run(1);
        assertThat(sidecar.changes())
                .containsExactly("POST /ready", "POST /allocate", "POST /ready", "POST /reserve");
        assertThat(sidecar.reserved).isEqualTo("{\"seconds\":\"90\"}");
        until(() -> isTold(AgonesState.RESERVED));
    }

    @Test
    void aStateOfALaterVersionIsItsText() {
        sidecar.state("Hibernating");
        until(() -> isTold(AgonesState.UNKNOWN));
        assertThat(told.getLast().stateText()).isEqualTo("Hibernating");
    }

    // ---- Healthy

    @Test
    void reportsComeTwiceInThePeriodAndFromTheFirstUpdate() {
        step();
        assertThat(sidecar.count("POST /health")).isEqualTo(1);
        until(() -> agones.gameServer() != null);
        long before = sidecar.count("POST /health");
        run(20);
        assertThat(sidecar.count("POST /health") - before).isBetween(6L, 7L);
        assertThat(agones.stats().healthReports()).isEqualTo(sidecar.count("POST /health"));
    }

    @Test
    void aTickThatHangsReportsNothing() {
        run(10);
        long before = sidecar.count("POST /health");
        // An hour in which nobody calls update.
        nowNanos += 3600 * SECOND;
        sidecar.state("Allocated");
        await(() -> agones.gameServer().state() == AgonesState.ALLOCATED);
        assertThat(sidecar.count("POST /health")).isEqualTo(before);
        step();
        assertThat(sidecar.count("POST /health")).isEqualTo(before + 1);
    }

    @Test
    void aSilentSidecarHoldsNothingUpAndIsAskedAgain() throws IOException {
        sidecar.isSilent = true;
        start();
        // Real time does not matter: no tick waits.
        for (int i = 0; i < 20; i++) {
            tick();
        }
        assertThat(agones.stats().healthReports()).isZero();
        until(() -> agones.stats().healthReportsFailed() >= 2);
        until(() -> agones.stats().requestsFailed() >= 2);
        sidecar.isSilent = false;
        until(() -> agones.isReadyAcknowledged());
        until(() -> agones.stats().healthReports() > 0);
    }

    @Test
    void anOutageIsOneLineAndItsEndAnother() throws IOException {
        start();
        run(5);
        sidecar.status = 503;
        run(60);
        sidecar.status = 0;
        run(10);
        assertThat(log.lines).hasSize(2);
        assertThat(log.lines.getFirst())
                .startsWith("WARNING")
                .contains("it answered 503, saying \"out [31m of order\"");
        assertThat(log.lines.getLast()).startsWith("INFO").contains("works again, after");
        // At most every 2.5 s to 5 s once it has failed a few times.
        assertThat(agones.stats().healthReportsFailed()).isBetween(12L, 40L);
    }

    @Test
    void aShortOutageIsNoLine() throws IOException {
        start();
        run(5);
        sidecar.status = 503;
        run(3);
        sidecar.status = 0;
        run(10);
        assertThat(log.lines).isEmpty();
    }

    // ---- Restarts

    @Test
    void aSidecarThatStartsLaterAndAnewIsFound() throws IOException {
        int port = sidecar.port();
        sidecar.close();
        start();
        run(3);
        assertThat(agones.isReadyAcknowledged()).isFalse();
        assertThat(agones.stats().healthReportsFailed()).isPositive();
        sidecar = new SidecarDouble(port);
        until(() -> agones.isReadyAcknowledged() && isTold(AgonesState.READY));
        sidecar.close();
        run(3);
        sidecar = new SidecarDouble(port);
        sidecar.state("Allocated");
        until(() -> isTold(AgonesState.ALLOCATED));
        assertThat(sidecar.changes()).isEmpty();
    }

    // ---- Players

    @Test
    void theFirstPlayerAllocatesWhereThatIsWanted() throws IOException {
        build(builder().allocateWithFirstPlayer());
        start();
        run(1);
        assertThat(sidecar.changes()).containsExactly("POST /ready");
        LocalClient client = connect();
        run(1);
        client.disconnect(StatedReason.NONE);
        run(1);
        connect();
        run(1);
        assertThat(sidecar.changes()).containsExactly("POST /ready", "POST /allocate");
        agones.ready();
        run(1);
        assertThat(sidecar.changes())
                .containsExactly("POST /ready", "POST /allocate", "POST /ready", "POST /allocate");
    }

    @Test
    void playersAllocateNothingElse() throws IOException {
        start();
        run(1);
        connect();
        run(1);
        assertThat(sidecar.changes()).containsExactly("POST /ready");
    }

    // ---- The end

    @Test
    void aServerThatHasDrainedIsShutDown() throws IOException {
        start();
        LocalClient client = connect();
        run(1);
        server.drain(Duration.ofHours(1), new Refusal.Draining("", 1));
        run(1);
        assertThat(sidecar.changes()).containsExactly("POST /ready");
        client.disconnect(StatedReason.NONE);
        run(1);
        assertThat(sidecar.changes()).containsExactly("POST /ready", "POST /shutdown");
        agones.allocate();
        run(1);
        agones.close();
        assertThat(sidecar.changes()).containsExactly("POST /ready", "POST /shutdown");
    }

    @Test
    void aRunnersTickCarriesItOn() throws Exception {
        build(builder().monotonicClock(System::nanoTime));
        try (ServerRunner runner =
                ServerRunner.builder(server, (client, payload) -> {})
                        .ticksPerSecond(100)
                        .onTick(() -> agones.update(server))
                        .start()) {
            await(() -> sidecar.state().equals("Ready") && agones.isReadyAcknowledged());
            runner.drain(Duration.ofHours(1), new Refusal.Draining("", 1));
            await(() -> !runner.isRunning());
        }
        agones.close();
        assertThat(sidecar.changes()).startsWith("POST /ready").endsWith("POST /shutdown");
        assertThat(sidecar.count("POST /health")).isPositive();
    }

    /// Waits for other threads.
    private static void await(BooleanSupplier condition) {
        long endNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(PATIENCE_MINUTES);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(endNanos);
            LockSupport.parkNanos(100_000);
        }
    }

    @Test
    void aCloseSaysShutdownOfAServerThatWasReady() throws IOException {
        start();
        run(1);
        agones.close();
        assertThat(sidecar.changes()).containsExactly("POST /ready", "POST /shutdown");
        assertThat(log.lines).isEmpty();
    }

    @Test
    void aCloseSaysNothingOfOneThatWasNot() {
        run(1);
        agones.close();
        assertThat(sidecar.changes()).isEmpty();
        agones.update(server);
    }

    @Test
    void aCloseTriesAgain() throws IOException {
        start();
        run(1);
        sidecar.refusals = 2;
        agones.close();
        assertThat(sidecar.changes())
                .containsExactly(
                        "POST /ready", "POST /shutdown", "POST /shutdown", "POST /shutdown");
        assertThat(log.lines).isEmpty();
    }

    @Test
    void aCloseSaysWhatItCouldNotSay() throws IOException {
        build(builder().closeTimeout(Duration.ofMillis(100)));
        start();
        run(1);
        sidecar.isSilent = true;
        agones.close();
        assertThat(log.lines).singleElement().asString().contains("was not told", "in time");
    }

    @Test
    void aClosedLifecycleLeavesNoThread() throws Exception {
        run(1);
        until(() -> sidecar.watches() == 1);
        agones.close();
        sidecar.endWatches();
        long watched = sidecar.count("GET /watch/gameserver");
        assertThat(agones.awaitWatchEnd(Duration.ofMinutes(PATIENCE_MINUTES))).isTrue();
        assertThat(sidecar.count("GET /watch/gameserver")).isEqualTo(watched);
    }

    // ---- The watch

    @Test
    void theListenerHearsOfChangesOnTheOwnersThread() throws IOException {
        Thread owner = Thread.currentThread();
        List<String> heard = new ArrayList<>();
        build(
                builder()
                        .listener(gameServer -> {
                            assertThat(Thread.currentThread()).isSameAs(owner);
                            heard.add(gameServer.stateText());
                        }));
        start();
        until(() -> !heard.isEmpty() && heard.getLast().equals("Ready"));
        sidecar.state("Allocated");
        until(() -> heard.getLast().equals("Allocated"));
        int before = heard.size();
        // The same again is no change.
        sidecar.state("Allocated");
        run(1);
        sidecar.state("Shutdown");
        until(() -> heard.getLast().equals("Shutdown"));
        assertThat(heard).hasSize(before + 1);
    }

    @Test
    void aWatchThatEndsIsOpenedAgain() {
        until(() -> isTold(AgonesState.SCHEDULED) && sidecar.watches() == 1);
        sidecar.endWatches();
        until(() -> sidecar.count("GET /watch/gameserver") >= 2 && sidecar.watches() == 1);
        sidecar.state("Allocated");
        until(() -> isTold(AgonesState.ALLOCATED));
    }

    @Test
    void aChangeThatTheWatchLosesIsSeenByALook() {
        until(() -> isTold(AgonesState.SCHEDULED) && sidecar.watches() == 1);
        sidecar.line("{\"error\":{\"code\":14, \"message\":\"x\", \"details\":[]}}");
        sidecar.isSilent = true;
        until(() -> agones.stats().linesRefused() == 1 && agones.stats().watchesFailed() > 0);
        sidecar.isSilent = false;
        sidecar.state("Allocated");
        until(() -> isTold(AgonesState.ALLOCATED));
        assertThat(agones.stats().linesRefused()).isEqualTo(1);
    }

    @Test
    void aHugeLineIsPassedOverAndCounted() {
        until(() -> isTold(AgonesState.SCHEDULED) && sidecar.watches() == 1);
        sidecar.line("{\"result\":{\"x\":\"" + "y".repeat(3 << 20) + "\"}}");
        sidecar.state("Allocated");
        // A look may tell the state before the line has come.
        until(() -> isTold(AgonesState.ALLOCATED) && agones.stats().linesRefused() == 1);
        assertThat(sidecar.count("GET /watch/gameserver")).isEqualTo(1);
        step();
        assertThat(log.lines).singleElement().asString().contains("too long");
    }

    @Test
    void anOlderLookDoesNotUndoWhatTheWatchHasTold() {
        sidecar.state("Allocated");
        until(() -> isTold(AgonesState.ALLOCATED) && sidecar.watches() == 1);
        sidecar.line(
                "{\"result\":"
                        + sidecar.gameServer()
                                .replace("\"generation\":\"2\"", "\"generation\":\"1\"")
                                .replace("Allocated", "Ready")
                        + "}");
        sidecar.line("{}");
        until(() -> agones.stats().linesRefused() == 1);
        step();
        assertThat(agones.gameServer().state()).isEqualTo(AgonesState.ALLOCATED);
    }

    // ---- Addresses

    @Test
    void theAddressOfTheNodeIsWaitedFor() throws Exception {
        sidecar.address("");
        assertThatThrownBy(() -> agones.awaitGameServer(Duration.ofMillis(50)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("within 50 ms");
        sidecar.address("203.0.113.9");
        AgonesGameServer gameServer = agones.awaitGameServer(Duration.ofMinutes(PATIENCE_MINUTES));
        assertThat(gameServer.publicAddress()).contains(NetAddress.parse("203.0.113.9:7123"));
        assertThat(gameServer.publicAddress("web")).contains(NetAddress.parse("203.0.113.9:7124"));
        assertThat(gameServer.publicAddress("none")).isEmpty();
    }

    @Test
    void aNodeWithANameIsReachedByItsExternalAddress() throws Exception {
        sidecar.address("node-1.example.org");
        AgonesGameServer gameServer = agones.awaitGameServer(Duration.ofMinutes(PATIENCE_MINUTES));
        assertThat(gameServer.address()).isEqualTo("node-1.example.org");
        assertThat(gameServer.publicAddress()).contains(NetAddress.parse("198.51.100.7:7123"));
        sidecar.address("2001:db8::1");
        until(() -> !told.isEmpty() && told.getLast().address().equals("2001:db8::1"));
        assertThat(told.getLast().publicAddress()).contains(NetAddress.parse("[2001:db8::1]:7123"));
        assertThat(told.getLast().labels()).containsEntry("agones.dev/fleet", "arena");
        assertThat(told.getLast().isBeingDeleted()).isFalse();
        sidecar.delete();
        until(() -> told.getLast().isBeingDeleted());
    }

    // ---- Labels

    @Test
    void labelsAndAnnotationsAreSetOneAfterTheOther() {
        assertThat(agones.label("map", "old")).isTrue();
        assertThat(agones.label("map", "harbour")).isTrue();
        assertThat(agones.annotation("map", "The \"Harbour\"")).isTrue();
        run(1);
        assertThat(sidecar.labels())
                .containsExactly(
                        "{\"key\":\"map\",\"value\":\"harbour\"}",
                        "{\"key\":\"map\",\"value\":\"The \\\"Harbour\\\"\"}");
    }

    @Test
    void whatIsRefusedIsGivenUpAndSaid() {
        agones.label("map", "refused");
        agones.label("mode", "free");
        run(3);
        assertThat(sidecar.count("PUT /metadata/label")).isEqualTo(2);
        assertThat(sidecar.labels()).singleElement().asString().contains("free");
        assertThat(log.lines).singleElement().asString().contains("the label map");
    }

    @Test
    void noMoreThanSixtyFourWait() {
        sidecar.status = 503;
        for (int i = 0; i < Metadata.WAITING_MAX; i++) {
            assertThat(agones.label("k" + i, "v")).isTrue();
        }
        assertThat(agones.label("one-more", "v")).isFalse();
        assertThat(agones.label("k0", "w")).isTrue();
    }

    @Test
    void whatKubernetesWouldRefuseIsRefusedAtOnce() {
        agones.label("k".repeat(59), "v".repeat(63));
        for (String key : List.of("", "-a", "a/b", "k".repeat(60))) {
            assertThatThrownBy(() -> agones.label(key, ""))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1 to 59");
        }
        assertThatThrownBy(() -> agones.label("k", "two words"))
                .isInstanceOf(IllegalArgumentException.class);
        agones.annotation("k", "x".repeat(Metadata.ANNOTATION_BYTES_MAX));
        assertThatThrownBy(
                        () -> agones.annotation("k", "x".repeat(Metadata.ANNOTATION_BYTES_MAX + 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> agones.reserve(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void thePortIsTheEnvironments() {
        assertThat(SidecarPort.parse("")).isEqualTo(9358);
        assertThat(SidecarPort.parse("1234")).isEqualTo(1234);
        for (String text : List.of("0", "65536", "x")) {
            assertThatThrownBy(() -> SidecarPort.parse(text))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("AGONES_SDK_HTTP_PORT is '" + text + "'");
        }
        assertThatThrownBy(() -> builder().port(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
