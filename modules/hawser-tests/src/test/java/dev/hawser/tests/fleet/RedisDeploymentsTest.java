package dev.hawser.tests.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.backend.fleet.Admission;
import dev.hawser.backend.fleet.ConnectionId;
import dev.hawser.backend.fleet.Newcomer;
import dev.hawser.backend.registry.ServerStart;
import dev.hawser.protocol.TokenTag;
import dev.hawser.redis.RedisFleetStore;
import dev.hawser.redis.RedisStores;
import dev.hawser.time.SystemClock;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// The ways in which a store is run: with TLS, with a replica and a sentinel, as a cluster. All
/// programs are real.
@Execution(ExecutionMode.CONCURRENT)
class RedisDeploymentsTest {
    private static final ServerStart A = new ServerStart("a", "01900000000070008000000000000001");
    private static final ServerStart B = new ServerStart("b", "01900000000070008000000000000002");

    private static Newcomer newcomer(long number) {
        return new Newcomer(
                new TokenTag(number, -number),
                number,
                SystemClock.WALL_CLOCK.unixSeconds() + 30,
                new ConnectionId(number, number));
    }

    @Test
    void overTlsTheCertificateIsLookedAt(@TempDir Path folder) throws Exception {
        X509Bundle bundle =
                new CertificateBuilder()
                        .subject("CN=127.0.0.1")
                        .addSanIpAddress("127.0.0.1")
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned();
        Path certificate = folder.resolve("certificate.pem");
        Path key = folder.resolve("key.pem");
        Files.writeString(certificate, bundle.getCertificatePathPEM());
        Files.writeString(key, bundle.getPrivateKeyPEM());
        int tlsPort = RedisProcess.freePort();
        try (RedisProcess server =
                RedisProcess.started(
                        "--tls-port",
                        Integer.toString(tlsPort),
                        "--tls-cert-file",
                        certificate.toString(),
                        "--tls-key-file",
                        key.toString(),
                        "--tls-auth-clients",
                        "no")) {
            assertThat(server.port()).isPositive();
            String url = "rediss://127.0.0.1:" + tlsPort;
            assertThatThrownBy(() -> RedisFleetStore.builder(url).open().close())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the store at " + url + " cannot be reached");
            try (RedisFleetStore store = RedisFleetStore.builder(url).trusted(certificate).open()) {
                assertThat(RegistryWorld.join(store.registry().claimClientId(1, "ada"))).isTrue();
            }
        }
    }

    @Test
    void aReplicaThatIsPromotedKnowsWhatItFollowed() throws Exception {
        try (StoreWaits.Log _ = new StoreWaits.Log();
                RedisProcess primary = RedisProcess.started();
                RedisProcess replica =
                        RedisProcess.started("--replicaof", "127.0.0.1 " + primary.port());
                RedisProcess sentinel = RedisProcess.startSentinel(primary.port())) {
            StoreWaits.until(
                    "the replica",
                    () -> primary.cli("INFO", "replication").contains("state=online"));
            StoreWaits.until(
                    "the sentinel's knowledge of the replica",
                    () ->
                            sentinel.cli("SENTINEL", "replicas", "game")
                                    .contains(Integer.toString(replica.port())));
            try (RedisFleetStore store =
                    RedisFleetStore.builder(
                                    "redis-sentinel://127.0.0.1:" + sentinel.port() + "#game")
                            .open()) {
                Newcomer ada = newcomer(7);
                RegistryWorld.join(store.admissions().admit(A, List.of(ada), 60));
                primary.cli("WAIT", "1", "0");

                primary.kill();

                assertThat(
                                StoreWaits.answered(
                                        "the answer of the promoted one",
                                        () -> store.admissions().admit(B, List.of(ada), 60)))
                        .containsExactly(new Admission.TokenUsed());
            }
        }
    }

    /// Three nodes, and every contract that touches more than one kind of key.
    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    @Execution(ExecutionMode.SAME_THREAD)
    class ClusterTest {
        private static final List<RedisProcess> NODES = new ArrayList<>();
        private static String url;
        private static StoreWaits.Log log;

        @BeforeAll
        void start() throws Exception {
            log = new StoreWaits.Log();
            List<String> create = new ArrayList<>(List.of("--cluster", "create"));
            for (int i = 0; i < 3; i++) {
                NODES.add(
                        RedisProcess.started(
                                "--appendonly",
                                "no",
                                "--cluster-enabled",
                                "yes",
                                "--cluster-port",
                                Integer.toString(RedisProcess.freePort())));
                create.add("127.0.0.1:" + NODES.getLast().port());
            }
            create.add("--cluster-yes");
            String made = NODES.getFirst().cli(create.toArray(String[]::new));
            assertThat(made).contains("All 16384 slots covered");
            for (RedisProcess node : NODES) {
                StoreWaits.until(
                        "the cluster",
                        () ->
                                node.cli("CLUSTER", "INFO").contains("cluster_state:ok")
                                        && node.cli("CLUSTER", "NODES").lines().count() == 3);
            }
            url =
                    "redis-cluster://127.0.0.1:"
                            + NODES.get(0).port()
                            + ",127.0.0.1:"
                            + NODES.get(1).port();
        }

        @AfterAll
        void stop() {
            NODES.forEach(RedisProcess::close);
            NODES.clear();
            log.close();
        }

        @Nested
        class AdmissionsTest extends AdmissionStoreContract {
            @Override
            FleetStoreRig newRig() {
                return new RedisFleetRig(url);
            }
        }

        @Nested
        class ResumingTest extends ResumingPlayersContract {
            @Override
            RegistryWorld open(int serversMax) {
                return new RegistryWorld.InRedis(url, serversMax);
            }
        }

        @Test
        void playersLieOnAllNodes() throws Exception {
            try (RedisFleetStore store =
                    RedisStores.ofTests(RedisFleetStore.builder(url).keyPrefix("spread"), () -> 0)
                            .open()) {
                for (int i = 0; i < 100; i++) {
                    RegistryWorld.join(store.registry().claimClientId(i, "player"));
                }
                for (RedisProcess node : NODES) {
                    assertThat(node.cli("KEYS", "spread:1:*:c").lines().count()).isGreaterThan(10);
                }
            }
        }
    }
}
