package dev.hawser.tests.processes;

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

/// A backend with HTTPS as a process, and echo servers as processes that announce themselves to it.
final class BackendRig {
    private static final int LIFETIME_SECONDS = 600;

    private final ProcessRig rig;
    private final int timeoutSeconds;
    private final Path keys;
    private final String pin;
    private HawserProcess process;
    private URI url;

    /// Starts the backend, on a port that it keeps.
    ///
    /// @param timeoutSeconds of connections
    BackendRig(ProcessRig rig, int timeoutSeconds) throws IOException, KeyRingException {
        this.rig = rig;
        this.timeoutSeconds = timeoutSeconds;
        keys = rig.path("keys");
        KeyRingFile.at(keys)
                .create(PrivateKey.random(new SecureRandom()::nextBytes), Instant.now());
        SecretFile.at(rig.path("ids")).create(new SecureRandom());
        SecretFile.at(rig.path("servers")).create(new SecureRandom());
        ServerCertificate certificate = ServerCertificate.selfSigned("127.0.0.1");
        certificate.writePem(rig.path("chain.pem"), rig.path("key.pem"));
        pin = certificate.sha256();
        configure(0);
        start();
        configure(url.getPort());
    }

    private void configure(int port) throws IOException {
        Files.writeString(
                rig.path("backend.toml"),
                """
                listen = "127.0.0.1:%d"
                protocol-ids = ["7"]
                client-id-secret-file = "ids"
                keys.file = "keys"
                players.development = true
                servers.credential-files = ["servers"]
                tokens.servers-max = 1
                tokens.timeout-seconds = %d
                tokens.lifetime-seconds = %d

                [tls]
                certificate = "chain.pem"
                key = "key.pem"

                [limits]
                per-address-per-minute = 100000
                """
                        .formatted(port, timeoutSeconds, LIFETIME_SECONDS));
    }

    /// Starts it, again when it has ended.
    void start() {
        process = rig.hawser("backend", "--config", rig.path("backend.toml").toString());
        url = URI.create(process.awaitOut("^tokens at (\\S+)$").group(1));
    }

    HawserProcess process() {
        return process;
    }

    URI url() {
        return url;
    }

    /// {@return the hash of its certificate}
    String pin() {
        return pin;
    }

    /// {@return the file with the keys, its own and the servers'}
    Path keys() {
        return keys;
    }

    /// {@return a server of the name `server-NUMBER`}
    HawserProcess server(int number, String bind, String... options) {
        List<String> args =
                new ArrayList<>(
                        List.of(
                                "server",
                                "--echo",
                                "--bind",
                                bind,
                                "--protocol-id",
                                "7",
                                "--max-token-lifetime",
                                Integer.toString(LIFETIME_SECONDS),
                                "--private-key-file",
                                keys.toString(),
                                "--backend",
                                url.toString(),
                                "--credential-file",
                                rig.path("servers").toString(),
                                "--pin",
                                pin,
                                "--server-id",
                                "server-" + number));
        args.addAll(List.of(options));
        return rig.hawser(args.toArray(String[]::new));
    }
}
