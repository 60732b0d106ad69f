package dev.hawser.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.backend.TokenService;
import dev.hawser.backend.audit.AuditEntry;
import dev.hawser.backend.fleet.AdmissionStore;
import dev.hawser.backend.fleet.BanStore;
import dev.hawser.backend.fleet.CommandQueue;
import dev.hawser.backend.fleet.FleetStore;
import dev.hawser.backend.fleet.InMemoryFleetStore;
import dev.hawser.backend.fleet.RequestBudgets;
import dev.hawser.backend.player.DevelopmentAuthenticator;
import dev.hawser.backend.registry.ServerRegistry;
import dev.hawser.cli.Cli;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// A fleet in one process: token services on one store, game servers that speak HTTP to them, and
/// the command line.
final class FleetRig implements AutoCloseable {
    static final String SERVER_CREDENTIAL = "a-credential-of-game-servers-of-40-chars";
    static final String OPERATOR_CREDENTIAL = "a-credential-of-the-operator-of-40-chars";
    private static final long PROTOCOL = 0x77;

    final List<AuditEntry> audited = new CopyOnWriteArrayList<>();
    final TokenService service;
    final Path credentialFile;

    private final InMemoryFleetStore store = InMemoryFleetStore.builder().build();
    private final KeyRing keys = KeyRing.of(PrivateKey.random(new Random(1)::nextBytes));
    private final List<TokenService> services = new ArrayList<>();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicInteger looks = new AtomicInteger();
    private int sequence;

    FleetRig(Path folder) {
        service = service(builder -> builder.plainHttp().operatorCredentials(OPERATOR_CREDENTIAL));
        credentialFile = file(folder.resolve("operators.secret"), OPERATOR_CREDENTIAL);
    }

    static Path file(Path file, String content) {
        try {
            Files.writeString(file, content);
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// {@return another service on the same store}
    TokenService service(UnaryOperator<TokenService.Builder> settings) {
        try {
            TokenService started =
                    settings.apply(
                                    TokenService.builder()
                                            .bind(NetAddress.parse("127.0.0.1:0"))
                                            .authenticator(new DevelopmentAuthenticator())
                                            .clientIdSecret(
                                                    "the secret of the client ids 32b"
                                                            .getBytes(StandardCharsets.UTF_8))
                                            .keyRing(keys)
                                            .protocolIds(PROTOCOL)
                                            .store(new Watched())
                                            .serverCredentials(SERVER_CREDENTIAL)
                                            .requestsPerMinute(1_000_000, 1_000_000)
                                            .audit(audited::add))
                            .build();
            services.add(started);
            started.start();
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// {@return how often the service has looked who is at a server}
    int looks() {
        return looks.get();
    }

    /// The store, whose looks are counted once they are over.
    private final class Watched implements FleetStore {
        private final AdmissionStore admissions =
                (AdmissionStore)
                        Proxy.newProxyInstance(
                                AdmissionStore.class.getClassLoader(),
                                new Class<?>[] {AdmissionStore.class},
                                (_, method, arguments) -> {
                                    Object answer = method.invoke(store.admissions(), arguments);
                                    if (method.getName().equals("players")) {
                                        looks.incrementAndGet();
                                    }
                                    return answer;
                                });

        @Override
        public ServerRegistry registry() {
            return store.registry();
        }

        @Override
        public AdmissionStore admissions() {
            return admissions;
        }

        @Override
        public BanStore bans() {
            return store.bans();
        }

        @Override
        public CommandQueue commands() {
            return store.commands();
        }

        @Override
        public RequestBudgets budgets() {
            return store.budgets();
        }

        @Override
        public void close() {}
    }

    // ---- Game servers

    static String startId(int number) {
        return "%012x7%019x".formatted(1_900_000_000_000L + number, number);
    }

    /// Announces a server of 64 slots.
    void announce(String serverId, int start, int freeSlots) {
        send(
                "PUT",
                serverId,
                """
                {"startId": "%s", "sequence": %d, "publicAddress": "203.0.113.1:%d",
                 "region": "eu", "protocolId": "%d", "maxClients": 64, "freeSlots": %d,
                 "keyIds": ["%s"], "maxConnectTokenLifetimeSeconds": 60}\
                """
                        .formatted(
                                startId(start),
                                ++sequence,
                                40_000 + serverId.charAt(0),
                                PROTOCOL,
                                freeSlots,
                                keys.ids().getFirst()));
    }

    void withdraw(String serverId, int start) {
        send("DELETE", serverId + "?startId=" + startId(start) + "&sequence=" + ++sequence, "");
    }

    /// Seats players, whose connections have the numbers of their client ids.
    ///
    /// @param clientIds at most 64, which is what a question may have
    void admit(String serverId, int start, long... clientIds) {
        String newcomers =
                Arrays.stream(clientIds)
                        .mapToObj(clientId ->
                                """
                                {"tokenTag": "%032x", "clientId": "%s", "expiresAt": %d,
                                 "connectionId": "%s"}\
                                """
                                        .formatted(
                                                ++sequence,
                                                Long.toUnsignedString(clientId),
                                                Instant.now().getEpochSecond() + 30,
                                                connectionId(clientId)))
                        .collect(Collectors.joining(","));
        String answer = send("POST", serverId + "/admissions", question(start, newcomers, ""));
        assertThat(answer.split("\"admitted\"", -1)).hasSize(1 + clientIds.length);
    }

    /// A player leaves.
    void leave(String serverId, int start, long clientId) {
        send(
                "POST",
                serverId + "/admissions",
                question(
                        start,
                        "",
                        "{\"clientId\": \"%s\", \"connectionId\": \"%s\"}"
                                .formatted(
                                        Long.toUnsignedString(clientId), connectionId(clientId))));
    }

    static String connectionId(long clientId) {
        return "%032x".formatted(clientId & 0xffff);
    }

    private static String question(int start, String newcomers, String ended) {
        return "{\"startId\": \"%s\", \"maxConnectTokenLifetimeSeconds\": 60,"
                        .formatted(startId(start))
                + " \"newcomers\": [%s], \"ended\": [%s]}".formatted(newcomers, ended);
    }

    private String send(String method, String path, String json) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(service.uri() + "/v1/servers/" + path))
                        .header("Authorization", "Bearer " + SERVER_CREDENTIAL)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(json))
                        .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as("%s", answer.body()).isBetween(200, 204);
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    // ---- The command line

    /// {@return what `hawser fleet` left behind}
    Cli.Result fleet(String... args) {
        return at(service.uri().toString(), args);
    }

    Cli.Result at(String backend, String... args) {
        List<String> all = new ArrayList<>(List.of("fleet"));
        all.addAll(List.of(args));
        all.addAll(List.of("--backend", backend, "--credential-file", credentialFile.toString()));
        return Cli.run(Map.of(), all.toArray(String[]::new));
    }

    /// {@return its output, where it went well}
    String done(String... args) {
        Cli.Result result = fleet(args);
        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.err()).isEmpty();
        return result.out();
    }

    @Override
    public void close() {
        services.forEach(TokenService::close);
        store.close();
        http.close();
    }
}
