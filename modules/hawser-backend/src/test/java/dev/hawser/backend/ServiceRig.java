package dev.hawser.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hawser.TestLog;
import dev.hawser.backend.audit.AuditEntry;
import dev.hawser.backend.fleet.AdmissionStore;
import dev.hawser.backend.fleet.BanStore;
import dev.hawser.backend.fleet.CommandQueue;
import dev.hawser.backend.fleet.FleetStore;
import dev.hawser.backend.fleet.InMemoryFleetStore;
import dev.hawser.backend.fleet.RequestBudgets;
import dev.hawser.backend.player.NotAuthenticatedException;
import dev.hawser.backend.player.PlayerAdmission;
import dev.hawser.backend.player.PlayerIdentity;
import dev.hawser.backend.registry.Announced;
import dev.hawser.backend.registry.InMemoryServerRegistry;
import dev.hawser.backend.registry.ListedServer;
import dev.hawser.backend.registry.Page;
import dev.hawser.backend.registry.Reservation;
import dev.hawser.backend.registry.ReservationRequest;
import dev.hawser.backend.registry.ServerRegistry;
import dev.hawser.backend.registry.ServerStart;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.TokenTag;
import dev.hawser.tls.CertificateSource;
import dev.hawser.tls.ServerCertificate;
import dev.hawser.token.WebUrls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// A token service on a port of this machine, over real TLS, with everything around it in reach.
final class ServiceRig implements AutoCloseable {
    static final long PROTOCOL = 0x77;
    static final String SERVER_CREDENTIAL = "a-credential-of-game-servers-of-40-chars";
    static final String OPERATOR_CREDENTIAL = "a-credential-of-the-operator-of-40-chars";
    static final byte[] CLIENT_ID_SECRET =
            "the secret of the client ids 32b".getBytes(StandardCharsets.UTF_8);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    final PrivateKey key = PrivateKey.random(new Random(1)::nextBytes);
    final PrivateKey newerKey = PrivateKey.random(new Random(2)::nextBytes);
    final KeyRing keys = KeyRing.of(key);
    final InMemoryServerRegistry memory = InMemoryServerRegistry.builder().build();
    final ServerCertificate certificate = ServerCertificate.selfSigned("localhost", "127.0.0.1");
    final List<AuditEntry> audited = new CopyOnWriteArrayList<>();
    final TestLog log = new TestLog();
    final TokenService service;
    final HttpClient http;

    /// What the registry, and all that stands beside it, does instead, once the test says so.
    volatile @Nullable RuntimeException registryFailure;

    /// What the service stands on.
    final InMemoryFleetStore inner =
            InMemoryFleetStore.builder()
                    .registry(new Failing())
                    .monotonicClock(this::nowNanos)
                    .build();

    private final FleetStore store = new FailingStore();

    /// Whether the registry cannot remember tokens.
    volatile boolean isForgetful;

    volatile PlayerAdmission admission = PlayerAdmission.EVERYBODY;
    volatile @Nullable IOException authenticatorFailure;
    volatile Runnable whenAuthenticated = () -> {};
    long nowNanos;

    private long nowNanos() {
        return nowNanos;
    }

    ServiceRig() {
        this(builder -> builder);
    }

    ServiceRig(UnaryOperator<TokenService.Builder> settings) {
        try {
            TokenService.Builder builder =
                    TokenService.builder()
                            .bind(NetAddress.parse("127.0.0.1:0"))
                            .certificate(CertificateSource.of(certificate))
                            .authenticator(this::authenticate)
                            .clientIdSecret(CLIENT_ID_SECRET)
                            .keyRing(keys)
                            .protocolIds(PROTOCOL)
                            .store(store)
                            .operatorCredentials(OPERATOR_CREDENTIAL)
                            .serverCredentials(SERVER_CREDENTIAL)
                            .admission((player, id) -> admission.admit(player, id))
                            .audit(audited::add)
                            .monotonicClock(() -> nowNanos)
                            .logger(log);
            service = settings.apply(builder).build();
            service.start();
            http =
                    HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .sslContext(trusting(certificate))
                            .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Knows everybody who says `player:NAME`.
    private PlayerIdentity authenticate(String credential)
            throws NotAuthenticatedException, IOException {
        if (authenticatorFailure != null) {
            throw authenticatorFailure;
        }
        if (!credential.startsWith("player:")) {
            throw new NotAuthenticatedException("not one of ours");
        }
        whenAuthenticated.run();
        String name = credential.substring("player:".length());
        return new PlayerIdentity("test", name, name);
    }

    static SSLContext trusting(ServerCertificate certificate) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("service", certificate.chain().getFirst());
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    ServerAnnouncement server(String id, int freeSlots) {
        return ServerAnnouncement.builder()
                .serverId(id)
                .publicAddress(NetAddress.parse("203.0.113.1:" + (40_000 + id.hashCode() % 1000)))
                .internalAddress(NetAddress.parse("10.0.0.1:" + (40_000 + id.hashCode() % 1000)))
                .region("eu")
                .protocolId(PROTOCOL)
                .maxClients(64)
                .freeSlots(freeSlots)
                .keyIds(List.of(key.id()))
                .maxConnectTokenLifetimeSeconds(60)
                .webTransportCertificateHashes(List.of("ab".repeat(32)))
                .web(
                        WebUrls.parse(
                                "https://" + id + ".example.org:7778/hawser",
                                "wss://" + id + ".example.org:7778/hawser"))
                .build();
    }

    void announce(String id, int freeSlots) {
        memory.announce(server(id, freeSlots)).toCompletableFuture().join();
    }

    /// {@return an announcement as it goes over a connection}
    String announcement(String id, int freeSlots) {
        String body =
                """
                {"publicAddress": "203.0.113.9:%d", "protocolId": "%d", "maxClients": %d,
                 "freeSlots": %d, "keyIds": ["%s"]}\
                """
                        .formatted(40_000 + id.length(), PROTOCOL, freeSlots, freeSlots, key.id());
        return "PUT /v1/servers/"
                + id
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Authorization: Bearer "
                + SERVER_CREDENTIAL
                + "\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body;
    }

    /// {@return an admission that tells who is inside, and refuses when it is told to go on}
    static PlayerAdmission refusingLate(CountDownLatch inside, CountDownLatch goOn) {
        return (_, _) -> {
            inside.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new PlayerAdmission.Answer.Refused("late");
        };
    }

    // ---- Requests

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                        URI.create(
                                service.uri().toString().replace("127.0.0.1", "localhost") + path))
                .timeout(PATIENCE);
    }

    static HttpRequest.BodyPublisher body(String text) {
        return HttpRequest.BodyPublishers.ofString(text);
    }

    /// Asks for a token as a player.
    Answer token(String player, String json) {
        return send(
                request("/v1/connect-token")
                        .header("Authorization", "Bearer player:" + player)
                        .header("Content-Type", "application/json")
                        .POST(body(json)));
    }

    /// Announces a server.
    Answer put(String id, String json) {
        return send(
                request("/v1/servers/" + id)
                        .header("Authorization", "Bearer " + SERVER_CREDENTIAL)
                        .header("Content-Type", "application/json")
                        .PUT(body(json)));
    }

    /// Asks as a game server or an operator.
    ///
    /// @param json empty for no body
    Answer ask(String credential, String method, String path, String json) {
        HttpRequest.Builder request = request(path).header("Authorization", "Bearer " + credential);
        return json.isEmpty()
                ? send(request.method(method, HttpRequest.BodyPublishers.noBody()))
                : send(
                        request.header("Content-Type", "application/json")
                                .method(method, body(json)));
    }

    Answer operator(String method, String path, String json) {
        return ask(OPERATOR_CREDENTIAL, method, "/v1/fleet/" + path, json);
    }

    Answer server(String method, String path, String json) {
        return ask(SERVER_CREDENTIAL, method, "/v1/servers/" + path, json);
    }

    Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    record Answer(HttpResponse<String> response) {
        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        JsonNode json() {
            try {
                return MAPPER.readTree(response.body());
            } catch (IOException e) {
                throw new AssertionError("not JSON: " + response.body(), e);
            }
        }

        @Override
        public String toString() {
            return status() + " " + response.headers().map() + " " + response.body();
        }
    }

    @Override
    public void close() {
        service.close();
        http.shutdownNow();
    }

    /// The store in memory, all of which can be made to fail but the budgets.
    private final class FailingStore implements FleetStore {
        private <T> T orFail(Class<T> port, T part) {
            return port.cast(
                    Proxy.newProxyInstance(
                            port.getClassLoader(),
                            new Class<?>[] {port},
                            (_, method, arguments) -> {
                                RuntimeException failure = registryFailure;
                                return failure == null
                                        ? method.invoke(part, arguments)
                                        : CompletableFuture.failedFuture(failure);
                            }));
        }

        @Override
        public ServerRegistry registry() {
            return inner.registry();
        }

        @Override
        public AdmissionStore admissions() {
            return orFail(AdmissionStore.class, inner.admissions());
        }

        @Override
        public BanStore bans() {
            return orFail(BanStore.class, inner.bans());
        }

        @Override
        public CommandQueue commands() {
            return orFail(CommandQueue.class, inner.commands());
        }

        @Override
        public RequestBudgets budgets() {
            return inner.budgets();
        }

        @Override
        public void close() {
            inner.close();
        }
    }

    /// The registry in memory, which can be made to fail.
    private final class Failing implements ServerRegistry {
        private <T> CompletionStage<T> orFail(CompletionStage<T> stage) {
            RuntimeException failure = registryFailure;
            return failure == null ? stage : CompletableFuture.failedStage(failure);
        }

        @Override
        public CompletionStage<Announced> announce(ServerAnnouncement announcement) {
            return orFail(memory.announce(announcement));
        }

        @Override
        public CompletionStage<Void> withdraw(ServerStart server, long sequence) {
            return orFail(memory.withdraw(server, sequence));
        }

        @Override
        public CompletionStage<Optional<ServerStart>> drain(String serverId) {
            return orFail(memory.drain(serverId));
        }

        @Override
        public CompletionStage<Optional<ListedServer>> find(String serverId) {
            return orFail(memory.find(serverId));
        }

        @Override
        public CompletionStage<Page<ListedServer>> servers(String cursor, int max) {
            return orFail(memory.servers(cursor, max));
        }

        @Override
        public CompletionStage<Optional<Reservation>> reserve(ReservationRequest request) {
            return orFail(memory.reserve(request));
        }

        @Override
        public CompletionStage<Void> release(Reservation reservation) {
            return memory.release(reservation);
        }

        @Override
        public CompletionStage<Void> minted(Reservation reservation, TokenTag tag) {
            return isForgetful
                    ? CompletableFuture.failedStage(new IllegalStateException("no memory left"))
                    : orFail(memory.minted(reservation, tag));
        }

        @Override
        public CompletionStage<Boolean> mayResume(long clientId, TokenTag former) {
            return orFail(memory.mayResume(clientId, former));
        }

        @Override
        public CompletionStage<Boolean> claimClientId(long clientId, String player) {
            return orFail(memory.claimClientId(clientId, player));
        }

        @Override
        public CompletionStage<Void> check() {
            return orFail(CompletableFuture.completedStage(null));
        }

        @Override
        public int serverTimeoutSeconds() {
            return memory.serverTimeoutSeconds();
        }
    }
}
