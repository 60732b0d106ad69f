package dev.hawser.benchmarks.chaos;

import dev.hawser.keys.KeyRingException;
import dev.hawser.keys.KeyRingFile;
import dev.hawser.keys.SecretFile;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.tls.ServerCertificate;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Two token services with one store, and game servers, all by their own command lines, with files
/// for keys and credentials. Each server reaches each service over a [Relay].
final class ChaosFleet implements AutoCloseable {
    static final int SERVICES = 2;
    private static final String PROTOCOL_ID = "29";

    /// A third of this is a heartbeat.
    private static final int SERVER_TIMEOUT_SECONDS = 15;

    /// What a fresh server waits for before it is offered.
    private static final int LIFETIME_SECONDS = 8;

    /// More than a stopped server stands still.
    private static final int TIMEOUT_SECONDS = 6;

    private static final int RESTART_MILLIS = 500;

    private static final Pattern SAID =
            Pattern.compile(
                    "(connected|suspended|resumed|disconnected) index=\\d+ id=(\\d+)"
                            + "(?: address=\\S+:(\\d+)| reason=(\\S+))?.*");

    private final Path folder;
    private final History history;
    private final int slots;
    private final List<URI> endpoints = new ArrayList<>();
    private final List<ChaosProcess> services = new ArrayList<>();
    private final List<List<Relay>> relays = new ArrayList<>();
    private final List<String> addresses = new ArrayList<>();
    private final List<ChaosProcess> servers = new ArrayList<>();
    private final List<Integer> starts = new ArrayList<>();
    private final String pin;

    ChaosFleet(Path folder, History history, String storeUrl, int servers, int slots)
            throws IOException, KeyRingException, InterruptedException {
        this.folder = folder;
        this.history = history;
        this.slots = slots;
        KeyRingFile.at(file("keys"))
                .create(PrivateKey.random(new SecureRandom()::nextBytes), Instant.now());
        for (String secret : List.of("ids", "servers", "operator")) {
            SecretFile.at(file(secret)).create(new SecureRandom());
        }
        ServerCertificate certificate = ServerCertificate.selfSigned("127.0.0.1");
        certificate.writePem(file("chain.pem"), file("key.pem"));
        pin = certificate.sha256();
        history.note(
                "setting",
                "heartbeatSeconds=%d slots=%d".formatted(SERVER_TIMEOUT_SECONDS / 3, slots));
        for (int i = 0; i < SERVICES; i++) {
            int port = StorePair.freePort();
            endpoints.add(URI.create("https://127.0.0.1:" + port));
            Files.writeString(file("backend-" + i + ".toml"), configuration(port, storeUrl));
            services.add(startService(i));
        }
        for (ChaosProcess service : services) {
            service.awaitReady();
        }
        for (int i = 0; i < servers; i++) {
            List<Relay> cables = new ArrayList<>();
            for (URI endpoint : endpoints) {
                cables.add(new Relay(endpoint.getPort()));
            }
            relays.add(cables);
            addresses.add("127.0.0.1:" + StorePair.freePort());
            starts.add(0);
            this.servers.add(startServer(i));
        }
        for (ChaosProcess server : this.servers) {
            server.awaitReady();
        }
    }

    private static String configuration(int port, String storeUrl) {
        // All players have one address here.
        return """
        listen = "127.0.0.1:%d"
        protocol-ids = ["%s"]
        client-id-secret-file = "ids"
        keys.file = "keys"
        players.development = true
        store.url = "%s"
        servers.credential-files = ["servers"]
        servers.timeout-seconds = %d
        operators.credential-files = ["operator"]
        tokens.lifetime-seconds = %d
        tokens.timeout-seconds = %d
        tokens.servers-max = 3

        [tls]
        certificate = "chain.pem"
        key = "key.pem"

        [limits]
        per-address-per-minute = 1000000
        per-account-per-minute = 1000000
        connections-per-address = 4096
        """
                .formatted(
                        port,
                        PROTOCOL_ID,
                        storeUrl,
                        SERVER_TIMEOUT_SECONDS,
                        LIFETIME_SECONDS,
                        TIMEOUT_SECONDS);
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    // ---- Services

    private ChaosProcess startService(int index) throws IOException {
        return ChaosProcess.hawser(
                "service " + index,
                "tokens at",
                _ -> {},
                file("service-" + index + ".log"),
                List.of("backend", "--config", file("backend-" + index + ".toml").toString()));
    }

    ChaosProcess service(int index) {
        return services.get(index);
    }

    /// Starts one that was killed, at its address.
    void reviveService(int index) throws IOException, InterruptedException {
        services.set(index, startService(index));
        while (!services.get(index).isReady()) {
            // It ends where the store takes no writes at its start. As a service manager does:
            TimeUnit.MILLISECONDS.sleep(RESTART_MILLIS);
            history.note("restarted", "service=%d".formatted(index));
            services.set(index, startService(index));
        }
    }

    List<URI> endpoints() {
        return endpoints;
    }

    /// {@return the hash of the services' certificate}
    String pin() {
        return pin;
    }

    Operator operator() throws IOException, java.security.GeneralSecurityException {
        return new Operator(
                endpoints, Files.readString(file("operator")).strip(), file("chain.pem"));
    }

    // ---- Servers

    private ChaosProcess startServer(int index) throws IOException {
        int start = starts.get(index) + 1;
        starts.set(index, start);
        history.note(
                "started",
                "server=%d start=%d address=%s".formatted(index, start, addresses.get(index)));
        List<String> args =
                new ArrayList<>(
                        List.of(
                                "server",
                                "--echo",
                                "--take-over",
                                "--bind",
                                addresses.get(index),
                                "--protocol-id",
                                PROTOCOL_ID,
                                "--max-clients",
                                "" + slots,
                                "--keep-slot-for",
                                "10",
                                "--max-token-lifetime",
                                "" + LIFETIME_SECONDS,
                                "--private-key-file",
                                file("keys").toString(),
                                "--pin",
                                pin,
                                "--credential-file",
                                file("servers").toString(),
                                "--server-id",
                                "server-" + index));
        for (Relay cable : relays.get(index)) {
            args.addAll(List.of("--backend", "https://127.0.0.1:" + cable.port()));
        }
        return ChaosProcess.hawser(
                "server " + index,
                "offered",
                line -> note(index, start, line),
                file("server-" + index + ".log"),
                args);
    }

    private void note(int server, int start, String line) {
        Matcher said = SAID.matcher(line);
        if (said.matches()) {
            history.note(
                    said.group(1).equals("connected") ? "seated" : said.group(1),
                    "server=%d start=%d id=%s port=%s reason=%s"
                            .formatted(server, start, said.group(2), said.group(3), said.group(4)));
        } else if (line.equals("offered")) {
            history.note("offered", "server=%d start=%d".formatted(server, start));
        }
    }

    ChaosProcess server(int index) {
        return servers.get(index);
    }

    void killServer(int index) throws InterruptedException {
        servers.get(index).kill();
        history.note("dead", "server=%d start=%d".formatted(index, starts.get(index)));
    }

    /// Starts one that was killed, and waits until players are sent there.
    void reviveServer(int index) throws IOException, InterruptedException {
        servers.set(index, startServer(index));
        servers.get(index).awaitReady();
    }

    int servers() {
        return servers.size();
    }

    /// Cuts what leads from this server to all services.
    void cut(int index) {
        relays.get(index).forEach(Relay::cut);
    }

    void mend(int index) {
        relays.get(index).forEach(Relay::mend);
    }

    /// @throws IOException when a process has ended, which nobody wanted
    void check() throws IOException {
        for (ChaosProcess service : services) {
            service.check();
        }
        for (ChaosProcess server : servers) {
            server.check();
        }
    }

    @Override
    public void close() {
        servers.forEach(ChaosProcess::close);
        services.forEach(ChaosProcess::close);
        relays.forEach(cables -> cables.forEach(Relay::close));
    }
}
