package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.keys.KeyRingFile;
import dev.hawser.keys.SecretFile;
import dev.hawser.online.token.TokenClient;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.tests.fleet.RedisProcess;
import dev.hawser.tls.ServerCertificate;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Two token services that are processes, and a store that both use. A game server announces itself
/// to the first of them alone.
@Execution(ExecutionMode.CONCURRENT)
class TwoServicesTest {
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(10);

    @RegisterExtension private final ProcessRig rig = new ProcessRig();

    private final ServerCertificate certificate = ServerCertificate.selfSigned("127.0.0.1");

    /// One that is killed, and started anew at the same port.
    private final class Service {
        private final String name;
        private final String storeUrl;
        private HawserProcess process;
        private URI url = URI.create("https://127.0.0.1:0");

        Service(String name, String storeUrl) throws IOException {
            this.name = name;
            this.storeUrl = storeUrl;
            start();
            awaitStart();
        }

        /// In the time that a process takes to start no server falls silent.
        void start() throws IOException {
            Files.writeString(
                    rig.path(name),
                    """
                    listen = "127.0.0.1:%d"
                    protocol-ids = ["7"]
                    client-id-secret-file = "ids"
                    keys.file = "keys"
                    players.development = true
                    tokens.timeout-seconds = %d
                    tokens.lifetime-seconds = 600

                    [servers]
                    credential-files = ["servers"]
                    timeout-seconds = 3600

                    [tls]
                    certificate = "chain.pem"
                    key = "key.pem"

                    [limits]
                    per-address-per-minute = 100000
                    per-account-per-minute = 100000

                    [store]
                    url = "%s"
                    password-file = "store"
                    """
                            .formatted(url.getPort(), ProcessRig.LONG_TIMEOUT_SECONDS, storeUrl));
            process = rig.hawser("backend", "--config", rig.path(name).toString());
        }

        void awaitStart() {
            url = URI.create(process.awaitOut("^tokens at (\\S+)$").group(1));
        }

        void kill() {
            process.kill();
            process.awaitExit();
        }
    }

    /// A player who asks for tokens all the time, of both services, and has to get each of them.
    private final class Fetching implements AutoCloseable {
        private final AtomicInteger fetched = new AtomicInteger();
        private final CompletableFuture<Void> end = new CompletableFuture<>();
        private final TokenClient tokens;
        private volatile boolean isOver;

        Fetching(Service one, Service two) {
            tokens =
                    TokenClient.builder()
                            .endpoints(one.url, two.url)
                            .pinnedCertificates(certificate.sha256())
                            .credentials(() -> "ada")
                            .overallTimeout(Duration.ofMinutes(10))
                            .build();
            Thread.ofVirtual().start(this::fetch);
        }

        private void fetch() {
            try {
                while (!isOver) {
                    tokens.fetch().get(10, TimeUnit.MINUTES);
                    fetched.incrementAndGet();
                    LockSupport.parkNanos(2_000_000);
                }
                end.complete(null);
            } catch (Throwable e) {
                end.completeExceptionally(e);
            }
        }

        /// Waits until some that were asked for from now on are there.
        void awaitMore() throws Exception {
            int target = fetched.get() + 10;
            long startNanos = System.nanoTime();
            while (fetched.get() < target && !end.isDone()) {
                assertThat(System.nanoTime() - startNanos).isLessThan(PATIENCE_NANOS);
                LockSupport.parkNanos(1_000_000);
            }
            if (end.isDone()) {
                end.get();
            }
        }

        @Override
        public void close() {
            isOver = true;
            end.orTimeout(10, TimeUnit.MINUTES).join();
            tokens.close();
        }
    }

    /// A player connects to the game server with a token of this service.
    private void assertConnects(Service service, String player) {
        HawserProcess client =
                rig.inside(
                        "client",
                        "--backend",
                        service.url.toString(),
                        "--pin",
                        certificate.sha256(),
                        "--name",
                        player,
                        "--hold",
                        "0");
        int exit = client.awaitExit();
        if (client.out().contains("reason=connection-denied code=7 ")) {
            // On a busy machine the game server may hear from neither service in time, says when to
            // come back, and seats nobody meanwhile.
            assertConnects(service, player);
            return;
        }
        assertThat(exit).as(client.out() + client.err()).isZero();
        assertThat(client.out()).contains("state connected");
    }

    private void writePassword(String password) throws IOException {
        var next = rig.write("password", password.getBytes(StandardCharsets.UTF_8));
        Files.move(next, rig.path("store"), StandardCopyOption.ATOMIC_MOVE);
    }

    @ProcessTest
    void nobodyIsRefusedWhileKeysThePasswordOfTheStoreAndTheServicesAreChanged() throws Exception {
        KeyRingFile keys = KeyRingFile.at(rig.path("keys"));
        keys.create(PrivateKey.random(new SecureRandom()::nextBytes), Instant.now());
        SecretFile.at(rig.path("ids")).create(new SecureRandom());
        SecretFile.at(rig.path("servers")).create(new SecureRandom());
        certificate.writePem(rig.path("chain.pem"), rig.path("key.pem"));
        writePassword("former-password-of-the-store");
        try (RedisProcess store = RedisProcess.started("--appendonly", "no")) {
            store.cli(
                    "ACL",
                    "SETUSER",
                    "arena",
                    "on",
                    ">former-password-of-the-store",
                    "~*",
                    "&*",
                    "+@all");
            String storeUrl = "redis://arena@127.0.0.1:" + store.port();
            Service one = new Service("one.toml", storeUrl);
            Service two = new Service("two.toml", storeUrl);
            HawserProcess game = gameServer(one, two);
            try (Fetching player = new Fetching(one, two)) {
                player.awaitMore();
                assertConnects(two, "of-two");
                assertConnects(one, "of-one");

                changeKeys(keys, one, two, game, player);
                changePassword(store, player);
                // They start with the new password, which is the only one.
                for (Service away : List.of(one, two)) {
                    away.kill();
                    player.awaitMore();
                    assertConnects(away == one ? two : one, "beside-" + away.name);
                    away.start();
                    away.awaitStart();
                    player.awaitMore();
                    assertConnects(away, "after-" + away.name);
                }
            }
        }
    }

    private HawserProcess gameServer(Service one, Service two) {
        HawserProcess server =
                rig.hawser(
                        "server",
                        "--echo",
                        "--bind",
                        "127.0.0.1:0",
                        "--protocol-id",
                        "7",
                        "--max-token-lifetime",
                        "600",
                        "--private-key-file",
                        rig.path("keys").toString(),
                        "--backend",
                        one.url.toString(),
                        "--backend",
                        two.url.toString(),
                        "--credential-file",
                        rig.path("servers").toString(),
                        "--pin",
                        certificate.sha256(),
                        "--server-id",
                        "arena");
        server.awaitOut("^offered$");
        return server;
    }

    private void changeKeys(
            KeyRingFile keys, Service one, Service two, HawserProcess game, Fetching player)
            throws Exception {
        KeyId former = keys.load().newest().id();
        keys.addNewest(PrivateKey.random(new SecureRandom()::nextBytes), Instant.now());
        KeyId fresh = keys.load().newest().id();
        List<HawserProcess> all = List.of(game, one.process, two.process);
        all.forEach(each -> each.awaitErr("newest first: \\[" + fresh + ", " + former + "]"));
        player.awaitMore();
        assertConnects(two, "with-both-keys");
        keys.removeOld();
        all.forEach(each -> each.awaitErr("newest first: \\[" + fresh + "]"));
        player.awaitMore();
        assertConnects(two, "with-the-fresh-key");
    }

    /// The store takes both for a while. Connections that stand stay, so they are cut.
    private void changePassword(RedisProcess store, Fetching player) throws Exception {
        store.cli("ACL", "SETUSER", "arena", ">next-password-of-the-store");
        writePassword("next-password-of-the-store");
        store.cli("ACL", "SETUSER", "arena", "<former-password-of-the-store");
        assertThat(store.cli("CLIENT", "KILL", "USER", "arena")).isNotEqualTo("0");
        player.awaitMore();
    }
}
