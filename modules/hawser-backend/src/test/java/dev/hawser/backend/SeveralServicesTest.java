package dev.hawser.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.backend.audit.AuditEntry;
import dev.hawser.backend.player.DevelopmentAuthenticator;
import dev.hawser.backend.registry.Announced;
import dev.hawser.backend.registry.InMemoryServerRegistry;
import dev.hawser.backend.registry.ListedServer;
import dev.hawser.backend.registry.Page;
import dev.hawser.backend.registry.Reservation;
import dev.hawser.backend.registry.ReservationRequest;
import dev.hawser.backend.registry.ServerRegistry;
import dev.hawser.backend.registry.ServerStart;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.online.fleet.ServerAnnouncer;
import dev.hawser.online.token.TokenClient;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.tls.CertificateSource;
import dev.hawser.tls.ServerCertificate;
import dev.hawser.transport.MemoryNetwork;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Two token services that share one memory, and come and go, with everything real.
class SeveralServicesTest {
    private static final long PROTOCOL_ID = 7;
    private static final String SERVERS = "a-credential-of-game-servers-of-40-chars";
    private static final byte[] CLIENT_IDS = new byte[32];

    private final PrivateKey key = PrivateKey.random(new SecureRandom()::nextBytes);
    private final AtomicInteger announced = new AtomicInteger();

    /// Its time stands still, so that nothing in it expires while the test is slow.
    private final InMemoryServerRegistry memory =
            InMemoryServerRegistry.builder()
                    .serverTimeout(Duration.ofSeconds(3))
                    .monotonicClock(() -> 0)
                    .build();

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    private TokenService.Builder builder(NetAddress bind) {
        return TokenService.builder()
                .bind(bind)
                .authenticator(new DevelopmentAuthenticator())
                .keyRing(KeyRing.of(key))
                .protocolIds(PROTOCOL_ID)
                .clientIdSecret(CLIENT_IDS)
                .registry(new Counting())
                .serverCredentials(SERVERS)
                .requestsPerMinute(100_000, 100_000);
    }

    private static TokenService started(TokenService.Builder builder) throws IOException {
        TokenService service = builder.build();
        service.start();
        return service;
    }

    /// A service that is killed, and started anew at the same address.
    private final class Restarting implements AutoCloseable {
        private final ServerCertificate certificate = ServerCertificate.selfSigned("localhost");
        private TokenService service;
        private URI uri;

        Restarting() throws IOException {
            start("127.0.0.1:0");
        }

        private void start(String bind) throws IOException {
            service =
                    started(
                            builder(NetAddress.parse(bind))
                                    .certificate(CertificateSource.of(certificate)));
            uri = service.uri();
        }

        void restart() throws IOException {
            start(uri.getAuthority());
        }

        @Override
        public void close() {
            service.close();
        }
    }

    /// The memory, and how often a server has announced itself to it.
    private final class Counting implements ServerRegistry {
        @Override
        public CompletionStage<Announced> announce(ServerAnnouncement announcement) {
            announced.incrementAndGet();
            return memory.announce(announcement);
        }

        @Override
        public CompletionStage<Void> withdraw(ServerStart server, long sequence) {
            return memory.withdraw(server, sequence);
        }

        @Override
        public CompletionStage<Optional<ServerStart>> drain(String serverId) {
            return memory.drain(serverId);
        }

        @Override
        public CompletionStage<Optional<ListedServer>> find(String serverId) {
            return memory.find(serverId);
        }

        @Override
        public CompletionStage<Page<ListedServer>> servers(String cursor, int max) {
            return memory.servers(cursor, max);
        }

        @Override
        public CompletionStage<Optional<Reservation>> reserve(ReservationRequest request) {
            return memory.reserve(request);
        }

        @Override
        public CompletionStage<Void> release(Reservation reservation) {
            return memory.release(reservation);
        }

        @Override
        public CompletionStage<Boolean> claimClientId(long clientId, String player) {
            return memory.claimClientId(clientId, player);
        }

        @Override
        public int serverTimeoutSeconds() {
            return memory.serverTimeoutSeconds();
        }
    }

    @Test
    void nobodyNoticesThatOneOfTwoIsAway() throws Exception {
        Restarting one = new Restarting();
        opened.add(one);
        Restarting other = new Restarting();
        opened.add(other);
        String[] pins = {one.certificate.sha256(), other.certificate.sha256()};

        NetcodeServer server =
                NetcodeServer.builder()
                        .transport(new MemoryNetwork().bind(NetAddress.parse("10.0.0.1:7777")))
                        .protocolId(PROTOCOL_ID)
                        .keyRing(KeyRing.of(key))
                        .maxClients(1024)
                        .build();
        opened.add(server);
        server.start();
        ServerAnnouncer announcer =
                ServerAnnouncer.builder()
                        .endpoints(one.uri, other.uri)
                        .pinnedCertificates(pins)
                        .credentials(() -> SERVERS)
                        .serverId("eu-1")
                        .publicAddress(NetAddress.parse("203.0.113.5:7777"))
                        .connectTimeout(Duration.ofMinutes(1))
                        .requestTimeout(Duration.ofMinutes(1))
                        .build();
        opened.add(announcer);
        TokenClient tokens =
                TokenClient.builder()
                        .endpoints(one.uri, other.uri)
                        .pinnedCertificates(pins)
                        .credentials(() -> "ada")
                        .overallTimeout(Duration.ofMinutes(10))
                        .build();
        opened.add(tokens);

        AtomicInteger fetched = new AtomicInteger();
        AtomicBoolean isOver = new AtomicBoolean();
        CompletableFuture<Void> player = new CompletableFuture<>();
        Runnable playing =
                () -> {
                    try {
                        while (!isOver.get()) {
                            tokens.fetch().get(10, TimeUnit.MINUTES);
                            fetched.incrementAndGet();
                            LockSupport.parkNanos(5_000_000);
                        }
                        player.complete(null);
                    } catch (Throwable e) {
                        player.completeExceptionally(e);
                    }
                };
        driveUntil(server, announcer, announcer::isAcknowledged);
        // Until it takes tokens that cannot have been used before it started.
        driveUntil(server, announcer, () -> announced.get() >= 3);
        Thread.ofVirtual().start(playing);

        for (Restarting away : List.of(one, other, one, other)) {
            away.close();
            int fetchedBefore = fetched.get();
            int announcedBefore = announced.get();
            driveUntil(
                    server,
                    announcer,
                    () ->
                            player.isDone()
                                    || fetched.get() > fetchedBefore + 5
                                            && announced.get() > announcedBefore + 1
                                            && announcer.isAcknowledged());
            away.restart();
        }
        isOver.set(true);
        player.get(10, TimeUnit.MINUTES);
    }

    private static void driveUntil(
            NetcodeServer server, ServerAnnouncer announcer, BooleanSupplier condition) {
        long deadlineNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadlineNanos);
            server.update();
            announcer.update(server);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void twoBehindOneProxyThatClosesItsConnections() throws Exception {
        memory.configure(
                ServerAnnouncement.builder()
                        .serverId("eu-1")
                        .publicAddress(NetAddress.parse("203.0.113.5:7777"))
                        .protocolId(PROTOCOL_ID)
                        .maxClients(1000)
                        .keyIds(List.of(key.id()))
                        .build());
        List<AuditEntry> ofOne = new CopyOnWriteArrayList<>();
        List<AuditEntry> ofOther = new CopyOnWriteArrayList<>();
        TokenService one = behindProxy(ofOne);
        TokenService other = behindProxy(ofOther);
        URI gone = one.uri();
        ClosingProxy proxy = new ClosingProxy(gone, other.uri());
        opened.add(proxy);
        TokenClient tokens =
                TokenClient.builder()
                        .endpoint(proxy.endpoint())
                        .credentials(() -> "ada")
                        .retryDelay(Duration.ofMillis(1), Duration.ofMillis(1))
                        .overallTimeout(Duration.ofMinutes(10))
                        .build();
        opened.add(tokens);
        for (int i = 0; i < 20; i++) {
            tokens.fetch().get(10, TimeUnit.MINUTES);
        }
        for (List<AuditEntry> audited : List.of(ofOne, ofOther)) {
            assertThat(audited)
                    .isNotEmpty()
                    .allMatch(entry -> entry.outcome().equals(AuditEntry.MINTED))
                    .allMatch(entry -> entry.callerAddress().equals("203.0.113.77"));
        }

        // The proxy goes on sending every second request to the one that has gone.
        one.close();
        for (int i = 0; i < 20; i++) {
            tokens.fetch().get(10, TimeUnit.MINUTES);
        }
        assertThat(proxy.refused()).isPositive();

        // A proxy with nothing behind it is one that is away.
        ClosingProxy empty = new ClosingProxy(gone);
        opened.add(empty);
        TokenClient both =
                TokenClient.builder()
                        .endpoints(empty.endpoint(), other.uri())
                        .credentials(() -> "ada")
                        .attemptsMax(1)
                        .overallTimeout(Duration.ofMinutes(10))
                        .build();
        opened.add(both);
        both.fetch().get(10, TimeUnit.MINUTES);
        both.fetch().get(10, TimeUnit.MINUTES);
        assertThat(empty.refused()).isLessThanOrEqualTo(1);
    }

    private TokenService behindProxy(List<AuditEntry> audited) throws IOException {
        TokenService service =
                started(
                        builder(NetAddress.parse("127.0.0.1:0"))
                                .plainHttp()
                                .audit(audited::add)
                                .proxies("127.0.0.1"));
        opened.add(service);
        return service;
    }
}
