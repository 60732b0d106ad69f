package dev.hawser.tests.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.backend.fleet.Admission;
import dev.hawser.backend.fleet.AdmissionStore;
import dev.hawser.backend.fleet.ConnectionId;
import dev.hawser.backend.fleet.Newcomer;
import dev.hawser.backend.registry.ServerStart;
import dev.hawser.keys.SecretReaders;
import dev.hawser.protocol.TokenTag;
import dev.hawser.redis.RedisFleetStore;
import dev.hawser.time.SystemClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// What becomes of steps when a real store is away, cut off, full, or not what it should be.
@Execution(ExecutionMode.CONCURRENT)
class RedisFaultsTest {
    private static final ServerStart SERVER =
            new ServerStart("a", "01900000000070008000000000000001");
    private static final Pattern EVALSHA = Pattern.compile("cmdstat_evalsha:calls=(\\d+)");

    private final List<AutoCloseable> open = new ArrayList<>();
    private long tags;

    @TempDir private Path folder;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
    }

    private <T extends AutoCloseable> T closing(T one) {
        open.add(one);
        return one;
    }

    private RedisProcess server(String... options) throws IOException {
        return closing(RedisProcess.started(options));
    }

    private RedisFleetStore store(RedisFleetStore.Builder builder) throws IOException {
        return closing(builder.open());
    }

    private Newcomer newcomer(long clientId) {
        return new Newcomer(
                new TokenTag(++tags, clientId),
                clientId,
                SystemClock.WALL_CLOCK.unixSeconds() + 30,
                new ConnectionId(tags, clientId));
    }

    private static CompletionStage<List<Admission>> admit(RedisFleetStore store, Newcomer one) {
        return store.admissions().admit(SERVER, List.of(one), 60);
    }

    private static void assertFails(String message, CompletionStage<?> step) {
        assertThatThrownBy(() -> RegistryWorld.join(step)).hasMessageContaining(message);
    }

    // A lost connection.

    /// A driver that sends again what it has no answer to does it twice.
    @Test
    void aStepWhoseAnswerIsLostIsDoneOnceAndFails() throws Exception {
        closing(new StoreWaits.Log());
        RedisProcess server = server("--appendonly", "no");
        CuttingProxy proxy = closing(new CuttingProxy(server.port()));
        RedisFleetStore store = store(RedisFleetStore.builder("redis://127.0.0.1:" + proxy.port()));
        RegistryWorld.join(store.budgets().take("warm", 1000));
        int connections = proxy.connections();
        long before = scriptsRun(server);

        proxy.cutAtTheNextAnswer();
        List<CompletionStage<?>> steps = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            steps.add(store.budgets().take("caller", 1000));
        }
        long failed = steps.stream().filter(RedisFaultsTest::fails).count();
        StoreWaits.answered("an answer", () -> store.budgets().take("last", 1000));

        assertThat(failed).isPositive();
        assertThat(proxy.connections()).isGreaterThan(connections);
        // Each of the fifty once at most, and the last, which may have failed a few times before
        // it left.
        assertThat(scriptsRun(server) - before).isLessThanOrEqualTo(51);
        assertThat(store.stats().failures()).isGreaterThanOrEqualTo(failed);
    }

    private static boolean fails(CompletionStage<?> step) {
        try {
            RegistryWorld.join(step);
            return false;
        } catch (RuntimeException e) {
            return true;
        }
    }

    private static long scriptsRun(RedisProcess server) throws IOException {
        Matcher calls = EVALSHA.matcher(server.cli("INFO", "commandstats"));
        return calls.find() ? Long.parseLong(calls.group(1)) : 0;
    }

    @Test
    void whoAsksAgainAfterALostAnswerHasTheAnswerOfTheFirstTime() throws Exception {
        closing(new StoreWaits.Log());
        RedisProcess server = server("--appendonly", "no");
        CuttingProxy proxy = closing(new CuttingProxy(server.port()));
        RedisFleetStore store = store(RedisFleetStore.builder("redis://127.0.0.1:" + proxy.port()));
        Newcomer ada = newcomer(7);
        RegistryWorld.join(store.registry().claimClientId(1, "warm"));

        proxy.cutAtTheNextAnswer();
        assertThat(fails(store.registry().claimClientId(-7, "ada"))).isTrue();
        assertThat(
                        StoreWaits.answered(
                                "the claim", () -> store.registry().claimClientId(-7, "ada")))
                .isTrue();
        assertThat(RegistryWorld.join(store.registry().claimClientId(-7, "bob"))).isFalse();

        RegistryWorld.join(admit(store, newcomer(8)));
        proxy.cutAtTheNextAnswer();
        assertThat(fails(admit(store, ada))).isTrue();
        assertThat(StoreWaits.answered("the admission", () -> admit(store, ada)))
                .containsExactly(new Admission.Admitted(ada.connectionId()));
    }

    // A store that is away.

    @Test
    void aStoreThatIsStartedAnewKnowsWhatItAcknowledgedAndIsTaughtItsScripts() throws Exception {
        StoreWaits.Log log = closing(new StoreWaits.Log());
        RedisProcess server = server();
        RedisFleetStore store = store(RedisFleetStore.builder(server.url()));
        Newcomer ada = newcomer(7);
        RegistryWorld.join(admit(store, ada));
        long scriptsSent = store.stats().scriptsSent();

        server.kill();
        assertThat(fails(admit(store, newcomer(8)))).isTrue();
        // It refuses at once, and does not wait until the store is back.
        StoreWaits.until(
                "the end of the connection",
                () -> {
                    try {
                        RegistryWorld.join(admit(store, newcomer(8)));
                        return false;
                    } catch (RuntimeException e) {
                        return e.getMessage().contains("connected");
                    }
                });
        server.start();

        ServerStart other = new ServerStart("b", "01900000000070008000000000000002");
        assertThat(
                        StoreWaits.answered(
                                "an answer",
                                () -> store.admissions().admit(other, List.of(ada), 60)))
                .containsExactly(new Admission.TokenUsed());
        assertThat(store.stats().scriptsSent()).isGreaterThan(scriptsSent);
        assertThat(log.of(server))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("WARNING The store at redis");
    }

    /// As one whose network is cut: nothing says that the connection is gone.
    @Test
    void aStoreThatStandsStillIsGivenUpAndFoundAgain() throws Exception {
        closing(new StoreWaits.Log());
        RedisProcess server = server("--appendonly", "no");
        RedisFleetStore store =
                store(RedisFleetStore.builder(server.url()).commandTimeout(Duration.ofSeconds(3)));
        StoreWaits.answered("an answer", () -> admit(store, newcomer(7)));
        server.signal("STOP");
        for (int i = 0; i < 5; i++) {
            assertFails("in time", admit(store, newcomer(8)));
        }
        server.signal("CONT");
        StoreWaits.answered("an answer", () -> admit(store, newcomer(9)));
    }

    // A store that cannot do what it should.

    @Test
    void aStoreThatTakesNoWritesSaysWhyOnceAndDoesNothingByHalves() throws Exception {
        StoreWaits.Log log = closing(new StoreWaits.Log());
        RedisProcess server = server("--appendonly", "no", "--busy-reply-threshold", "1");
        RedisFleetStore store = store(RedisFleetStore.builder(server.url()));
        Newcomer ada = newcomer(7);
        RegistryWorld.join(admit(store, ada));

        refuses(
                store,
                "NOREPLICAS",
                () -> server.cli("CONFIG", "SET", "min-replicas-to-write", "1"));
        server.cli("CONFIG", "SET", "min-replicas-to-write", "0");
        refuses(store, "READONLY", () -> server.cli("REPLICAOF", "127.0.0.1", "1"));
        server.cli("REPLICAOF", "NO", "ONE");
        refuses(store, "OOM", () -> server.cli("CONFIG", "SET", "maxmemory", "1"));
        // What gives back is done.
        RegistryWorld.join(
                store.admissions()
                        .release(SERVER, List.of(new AdmissionStore.Ended(7, ada.connectionId()))));
        assertThat(RegistryWorld.join(store.admissions().where(7))).isEmpty();
        server.cli("CONFIG", "SET", "maxmemory", "0");

        Path gone = Files.createDirectory(folder.resolve("gone"));
        server.cli("CONFIG", "SET", "dir", gone.toString());
        server.cli("CONFIG", "SET", "save", "3600 1");
        Files.delete(gone);
        server.cli("BGSAVE");
        StoreWaits.until(
                "a save that fails",
                () -> server.cli("INFO", "persistence").contains("rdb_last_bgsave_status:err"));
        refuses(store, "MISCONF", () -> "");
        server.cli("CONFIG", "SET", "stop-writes-on-bgsave-error", "no");

        Thread slow =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                server.cli("EVAL", "while true do end", "0");
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        });
        StoreWaits.until("a busy store", () -> server.cli("PING").contains("BUSY"));
        refuses(store, "BUSY", () -> "");
        server.cli("SCRIPT", "KILL");
        slow.join();

        assertThat(RegistryWorld.join(admit(store, newcomer(8))))
                .first()
                .isInstanceOf(Admission.Admitted.class);
        // It is one outage, as long as no quiet time lies between: the rest is in StoreOutageTest.
        assertThat(log.of(server)).isNotEmpty();
        assertThat(log.of(server).getFirst()).startsWith("WARNING").contains("NOREPLICAS");
    }

    private interface Trouble {
        String begin() throws IOException;
    }

    private void refuses(RedisFleetStore store, String word, Trouble trouble) throws Exception {
        trouble.begin();
        Newcomer bob = newcomer(99);
        assertFails(word, admit(store, bob));
        assertFails(word, store.registry().check());
        assertFails(word, store.registry().claimClientId(99, "bob"));
        if (!word.equals("BUSY")) {
            assertThat(RegistryWorld.join(store.admissions().where(99))).isEmpty();
        }
    }

    // What it is told at the start.

    private static void assertRefused(RedisFleetStore.Builder builder, String... parts) {
        assertThatThrownBy(() -> builder.open().close())
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(parts)
                .message()
                .doesNotContain("hunter2");
    }

    @Test
    void whatIsNoStoreIsToldInOneSentence() throws Exception {
        closing(new StoreWaits.Log());
        assertRefused(
                RedisFleetStore.builder("redis://127.0.0.1:" + RedisProcess.freePort()),
                "the store at redis://127.0.0.1:",
                "cannot be reached",
                "refused");
        ServerSocket web = closing(new ServerSocket(0, 5, InetAddress.getLoopbackAddress()));
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        while (true) {
                            var caller = web.accept();
                            caller.getInputStream().read();
                            caller.getOutputStream()
                                    .write(
                                            "HTTP/1.1 400 Bad Request\r\n\r\n"
                                                    .getBytes(StandardCharsets.US_ASCII));
                            caller.getOutputStream().flush();
                        }
                    } catch (IOException closed) {
                        // The test is over.
                    }
                });
        assertRefused(
                RedisFleetStore.builder("redis://127.0.0.1:" + web.getLocalPort()),
                "cannot be reached",
                "see whether it runs, and the url");
    }

    @Test
    void aStoreThatWouldForgetOrIsAnothersIsRefused() throws Exception {
        closing(new StoreWaits.Log());
        RedisProcess server = server("--maxmemory", "100mb", "--maxmemory-policy", "volatile-lru");
        assertRefused(
                RedisFleetStore.builder(server.url()),
                "maxmemory-policy volatile-lru",
                "set maxmemory-policy noeviction");
        server.cli("CONFIG", "SET", "maxmemory-policy", "noeviction");
        RedisFleetStore.builder(server.url()).open().close();

        server.cli("SET", "arena:format", "hawser fleet 2");
        assertRefused(
                RedisFleetStore.builder(server.url()).keyPrefix("arena"),
                "'hawser fleet 2' under the key arena:format",
                "set another key prefix");
        server.cli("RPUSH", "list:format", "x");
        assertRefused(RedisFleetStore.builder(server.url()).keyPrefix("list"), "WRONGTYPE");
    }

    @Test
    void thePasswordIsAskedForAndMayChangeWhileTheServiceRuns() throws Exception {
        closing(new StoreWaits.Log());
        RedisProcess server = server("--requirepass", "hunter2");
        assertRefused(RedisFleetStore.builder(server.url()), "NOAUTH", "set the password file");
        Path file = folder.resolve("secret");
        write(file, "wrong");
        assertRefused(
                RedisFleetStore.builder(server.url()).passwordFile(file, SecretReaders.OWNER),
                "WRONGPASS");
        assertRefused(
                RedisFleetStore.builder("redis://:hunter2x@127.0.0.1:" + server.port()),
                "WRONGPASS",
                "redis://127.0.0.1:");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertRefused(
                RedisFleetStore.builder(server.url()).passwordFile(file, SecretReaders.OWNER),
                "can be used by others");

        write(file, "hunter2");
        RedisFleetStore store =
                store(
                        RedisFleetStore.builder(server.url())
                                .passwordFile(file, SecretReaders.OWNER));
        RegistryWorld.join(admit(store, newcomer(1)));
        write(file, "hunter3");
        server.cli("-a", "hunter2", "CONFIG", "SET", "requirepass", "hunter3");
        server.cli("-a", "hunter3", "CLIENT", "KILL", "TYPE", "normal");
        StoreWaits.answered("an answer", () -> admit(store, newcomer(2)));
        assertThat(store.toString()).doesNotContain("hunter");
    }

    private static void write(Path file, String secret) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, secret);
    }

    // Limits.

    @Test
    void whatAFloodLeavesBehindEndsByItself() throws Exception {
        RedisProcess server = server("--appendonly", "no");
        RedisFleetStore store = store(RedisFleetStore.builder(server.url()));
        for (int i = 0; i < 200; i++) {
            RegistryWorld.join(store.budgets().take("caller " + i, 10));
            RegistryWorld.join(store.registry().claimClientId(i, "player " + i));
            RegistryWorld.join(
                    store.admissions()
                            .release(
                                    SERVER,
                                    List.of(new AdmissionStore.Ended(i, new ConnectionId(i, i)))));
            RegistryWorld.join(admit(store, newcomer(i)));
        }
        assertThat(server.cli("EVAL", ENDLESS, "0").lines().sorted())
                .containsExactly("hawser:format");
        assertThat(Optional.of(server.cli("DBSIZE"))).isNotEmpty();
    }

    /// The keys that never end.
    private static final String ENDLESS =
            """
            local endless = {}
            for _, key in ipairs(redis.call('KEYS', '*')) do
                if redis.call('PTTL', key) < 0 then
                    endless[#endless + 1] = key
                end
            end
            return endless
            """;
}
