package dev.hawser.benchmarks.moves;

import dev.hawser.keys.KeyRingException;
import dev.hawser.keys.KeyRingFile;
import dev.hawser.keys.SecretFile;
import dev.hawser.protocol.NetAddress;
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

/// A token service with HTTPS, and game servers that announce themselves to it, each a process.
final class UpdatedFleet implements AutoCloseable {
    private final Path folder;
    private final int slots;
    private final int drainSeconds;
    private final CommandProcess service;
    private final URI endpoint;
    private final String pin;
    private final List<CommandProcess> servers = new ArrayList<>();
    private final List<NetAddress> addresses = new ArrayList<>();

    /// Starts the service, and as many servers, which are offered to players then.
    UpdatedFleet(int servers, int slots, int drainSeconds)
            throws IOException, KeyRingException, InterruptedException {
        this.slots = slots;
        this.drainSeconds = drainSeconds;
        folder = Files.createTempDirectory("hawser-update");
        KeyRingFile.at(file("keys"))
                .create(PrivateKey.random(new SecureRandom()::nextBytes), Instant.now());
        SecretFile.at(file("ids")).create(new SecureRandom());
        SecretFile.at(file("servers")).create(new SecureRandom());
        ServerCertificate certificate = ServerCertificate.selfSigned("127.0.0.1");
        certificate.writePem(file("chain.pem"), file("key.pem"));
        pin = certificate.sha256();
        // All players have one address here, and ask for as many tokens as there are of them.
        Files.writeString(
                file("backend.toml"),
                """
                listen = "127.0.0.1:0"
                protocol-ids = ["%d"]
                client-id-secret-file = "ids"
                keys.file = "keys"
                players.development = true
                servers.credential-files = ["servers"]

                [tls]
                certificate = "chain.pem"
                key = "key.pem"

                [limits]
                per-address-per-minute = 100000
                """
                        .formatted(ServerProcess.PROTOCOL_ID));
        service =
                CommandProcess.start(
                        List.of("backend", "--config", file("backend.toml").toString()));
        endpoint = URI.create(service.await("tokens at (\\S+)").group(1));
        for (int i = 0; i < servers; i++) {
            addresses.add(ServerProcess.freeAddress());
            this.servers.add(start(i));
        }
        for (CommandProcess server : this.servers) {
            server.await("offered");
        }
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private CommandProcess start(int index) throws IOException {
        return CommandProcess.start(
                List.of(
                        "server",
                        "--echo",
                        "--quiet",
                        "--bind",
                        addresses.get(index).toString(),
                        "--protocol-id",
                        "" + ServerProcess.PROTOCOL_ID,
                        "--max-clients",
                        "" + slots,
                        "--drain-for",
                        "" + drainSeconds,
                        "--private-key-file",
                        file("keys").toString(),
                        "--backend",
                        endpoint.toString(),
                        "--pin",
                        pin,
                        "--credential-file",
                        file("servers").toString(),
                        "--server-id",
                        "server-" + index));
    }

    URI endpoint() {
        return endpoint;
    }

    /// {@return the hash of the service's certificate}
    String pin() {
        return pin;
    }

    NetAddress address(int index) {
        return addresses.get(index);
    }

    /// What an operator does: the server drains, ends, is started anew at its address, and is
    /// waited for until players are sent to it.
    ///
    /// @return whether the former one ended as it should
    boolean replace(int index) throws IOException, InterruptedException {
        CommandProcess former = servers.get(index);
        former.terminate();
        boolean isWell = former.awaitExit() == 0;
        CommandProcess next = start(index);
        servers.set(index, next);
        next.await("offered");
        return isWell;
    }

    @Override
    public void close() throws IOException {
        servers.forEach(CommandProcess::close);
        service.close();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
