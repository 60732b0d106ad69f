package dev.hawser.cli.backend;

import dev.hawser.backend.TokenService;
import dev.hawser.backend.fleet.FleetStore;
import dev.hawser.backend.player.DevelopmentAuthenticator;
import dev.hawser.backend.player.JwtAuthenticator;
import dev.hawser.backend.player.PlayerAuthenticator;
import dev.hawser.backend.player.TicketAuthenticator;
import dev.hawser.backend.registry.InMemoryServerRegistry;
import dev.hawser.cli.option.Addresses;
import dev.hawser.cli.option.UnsignedLongConverter;
import dev.hawser.cli.process.CliFailure;
import dev.hawser.cli.process.Failures;
import dev.hawser.cli.process.Interruption;
import dev.hawser.cli.process.Output;
import dev.hawser.cli.process.RootCommand;
import dev.hawser.cli.words.Wording;
import dev.hawser.keys.KeyRingEnvironment;
import dev.hawser.keys.KeyRingException;
import dev.hawser.keys.KeyRingFile;
import dev.hawser.keys.KeyRingReload;
import dev.hawser.keys.KeyRingSource;
import dev.hawser.keys.SecretFile;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.redis.RedisFleetStore;
import dev.hawser.tls.CertificateSource;
import dev.hawser.tls.ServerCertificate;
import dev.hawser.token.WebUrls;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `hawser backend`: the token service, alone.
@Command(
        name = "backend",
        description = {
            "The token service: players log in over HTTPS and get connect tokens for game servers.",
            "",
            "Prints 'tokens at URL'. Ctrl-C or SIGTERM ends it; who is connected to a game server"
                    + " stays so. Keys and certificate are read again when they change.",
            "",
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "%nExit codes: 0 ended by Ctrl-C or SIGTERM, 1 it could not run (the configuration, the"
                    + " keys or the certificate cannot be used, the port is in use), 2 wrong usage.",
        })
public final class BackendCommand implements Callable<Integer> {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            required = true,
            description = "What to do, in TOML: docs/backend.md has an example with every name.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Path file;

    @Override
    public Integer call() throws IOException, KeyRingException {
        Output output = RootCommand.of(spec).output();
        Interruption interruption = Interruption.ofProcess(output::isClosedPipe);
        BackendConfig config = BackendConfig.read(file);
        KeyRingReload keyRings = keyRings(config);
        Memory memory = memory(config);
        memory.configure(config, keyRings.keyRing());
        try (memory;
                TokenService service = build(config, keyRings.keyRing(), memory)) {
            service.start();
            output.writer().println("tokens at " + service.uri());
            // Later a full disk only costs lines; here nobody would know where it listens.
            boolean isAnnounced = !output.hasFailed();
            while (isAnnounced && !interruption.isRequested()) {
                KeyRing former = keyRings.keyRing();
                Optional<KeyRing> changed = keyRings.poll(System.nanoTime());
                if (changed.isPresent()) {
                    service.keyRing(changed.get());
                    memory.configure(config, changed.get());
                    former.erase();
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
        keyRings.keyRing().erase();
        return 0;
    }

    /// What is missing, out of range, or would not be safe, is so because of the file.
    private TokenService build(BackendConfig config, KeyRing keys, Memory memory) {
        TokenService.Builder builder = TokenService.builder();
        try {
            set(builder, config);
            memory.giveTo(builder);
            return builder.keyRing(keys).build();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw unusable(e);
        } catch (IOException e) {
            throw new CliFailure(Wording.ofConfiguration(Failures.describe(e)), e);
        }
    }

    private CliFailure unusable(RuntimeException e) {
        return new CliFailure(
                file + ": " + Wording.ofConfiguration(String.valueOf(e.getMessage())), e);
    }

    // ---- From the configuration

    private void set(TokenService.Builder builder, BackendConfig config) throws IOException {
        builder.bind(address("listen", needed("listen", config.listen())));
        builder.protocolIds(protocolIds(needed("protocol-ids", config.protocolIds())));
        setTls(builder, config);
        builder.authenticator(authenticator(config));
        if (config.clientIdSecretFile() == null
                && !Boolean.TRUE.equals(needed("players", config.players()).development())) {
            throw new CliFailure(
                    file
                            + ": 'client-id-secret-file' is missing: 'hawser keys secret FILE'"
                            + " makes one; with it a player keeps one client id");
        }
        if (config.clientIdSecretFile() != null) {
            builder.clientIdSecret(
                    secret(config, config.clientIdSecretFile()).getBytes(StandardCharsets.UTF_8));
        }
        BackendConfig.Servers servers = config.servers();
        if (servers != null) {
            List<String> credentials = new ArrayList<>();
            for (Path each : needed("servers.credential-files", servers.credentialFiles())) {
                credentials.add(secret(config, each));
            }
            builder.serverCredentials(credentials.toArray(String[]::new));
        }
        BackendConfig.Tokens tokens = config.tokens();
        if (tokens != null) {
            if (tokens.lifetimeSeconds() != null) {
                builder.connectTokenLifetime(Duration.ofSeconds(tokens.lifetimeSeconds()));
            }
            if (tokens.timeoutSeconds() != null) {
                builder.timeout(Duration.ofSeconds(tokens.timeoutSeconds()));
            }
            if (tokens.serversMax() != null) {
                builder.serversPerToken(tokens.serversMax());
            }
        }
        BackendConfig.Limits limits = config.limits();
        if (limits != null) {
            builder.requestsPerMinute(
                    otherwise(
                            limits.perAddressPerMinute(),
                            TokenService.REQUESTS_PER_ADDRESS_DEFAULT),
                    otherwise(
                            limits.perAccountPerMinute(),
                            TokenService.REQUESTS_PER_ACCOUNT_DEFAULT));
            if (limits.connectionsPerAddress() != null) {
                builder.connectionsPerAddress(limits.connectionsPerAddress());
            }
            builder.proxies(otherwise(limits.proxies(), List.<String>of()).toArray(String[]::new));
        }
        if (config.browsers() != null) {
            builder.allowedOrigins(
                    needed("browsers.allowed-origins", config.browsers().allowedOrigins())
                            .toArray(String[]::new));
        }
    }

    private void setTls(TokenService.Builder builder, BackendConfig config) {
        BackendConfig.Tls tls = config.tls();
        if (tls == null) {
            builder.plainHttp();
        } else if (tls.selfSignedFor() != null) {
            ServerCertificate certificate =
                    ServerCertificate.selfSigned(tls.selfSignedFor().toArray(String[]::new));
            spec.commandLine().getOut().println("certificate " + certificate.sha256());
            builder.certificate(CertificateSource.of(certificate));
        } else {
            builder.certificate(
                    resolved(needed("tls.certificate", tls.certificate())),
                    resolved(needed("tls.key", tls.key())),
                    config.secretReaders());
        }
    }

    private PlayerAuthenticator authenticator(BackendConfig config) throws IOException {
        BackendConfig.Players players = needed("players", config.players());
        if (players.jwt() != null) {
            BackendConfig.Jwt jwt = players.jwt();
            JwtAuthenticator.Builder builder =
                    JwtAuthenticator.builder()
                            .issuer(needed("players.jwt.issuer", jwt.issuer()))
                            .audience(needed("players.jwt.audience", jwt.audience()))
                            .jwks(url("players.jwt.jwks", needed("players.jwt.jwks", jwt.jwks())));
            if (jwt.algorithms() != null) {
                builder.algorithms(jwt.algorithms().toArray(String[]::new));
            }
            return builder.build();
        }
        if (players.tickets() != null) {
            Path secretFile = needed("players.tickets.secret-file", players.tickets().secretFile());
            return new TicketAuthenticator(
                    secret(config, secretFile).getBytes(StandardCharsets.UTF_8));
        }
        if (Boolean.TRUE.equals(players.development())) {
            return new DevelopmentAuthenticator();
        }
        throw new CliFailure(
                file + ": [players] says nothing: set jwt, tickets, or development = true");
    }

    private KeyRingReload keyRings(BackendConfig config) throws KeyRingException {
        try {
            return KeyRingReload.of(keys(config));
        } catch (KeyRingException e) {
            throw new KeyRingException(Wording.ofConfiguration(String.valueOf(e.getMessage())), e);
        }
    }

    private KeyRingSource keys(BackendConfig config) {
        BackendConfig.Keys keys = config.keys();
        if (keys != null && keys.file() != null) {
            return KeyRingFile.at(resolved(keys.file()), config.secretReaders());
        }
        KeyRingEnvironment environment =
                KeyRingEnvironment.of(
                        KeyRingEnvironment.VARIABLE,
                        RootCommand.of(spec).surroundings().environment());
        if (!environment.isSet()) {
            throw new CliFailure(
                    file
                            + ": no private keys: make some with 'hawser keys new FILE' and set"
                            + " keys.file, or set the environment variable "
                            + KeyRingEnvironment.VARIABLE);
        }
        return environment;
    }

    /// What the service remembers: by itself, or with others.
    private interface Memory extends AutoCloseable {
        void giveTo(TokenService.Builder builder);

        /// Takes the servers of the file, with the keys that are here.
        void configure(BackendConfig config, KeyRing keys);

        @Override
        void close();
    }

    private Memory memory(BackendConfig config) throws IOException {
        BackendConfig.Store shared = config.store();
        if (shared != null) {
            FleetStore store = store(config, shared);
            return new Memory() {
                @Override
                public void giveTo(TokenService.Builder builder) {
                    builder.store(store);
                }

                @Override
                public void configure(BackendConfig none, KeyRing keys) {
                    // They announce themselves.
                }

                @Override
                public void close() {
                    store.close();
                }
            };
        }
        InMemoryServerRegistry registry = registry(config);
        return new Memory() {
            @Override
            public void giveTo(TokenService.Builder builder) {
                builder.registry(registry);
            }

            @Override
            public void configure(BackendConfig servers, KeyRing keys) {
                BackendCommand.this.configure(registry, servers, keys);
            }

            @Override
            public void close() {}
        };
    }

    private FleetStore store(BackendConfig config, BackendConfig.Store shared) {
        try {
            RedisFleetStore.Builder builder =
                    RedisFleetStore.builder(needed("store.url", shared.url()));
            if (shared.passwordFile() != null) {
                builder.passwordFile(resolved(shared.passwordFile()), config.secretReaders());
            }
            if (shared.certificates() != null) {
                builder.trusted(resolved(shared.certificates()));
            }
            if (shared.keyPrefix() != null) {
                builder.keyPrefix(shared.keyPrefix());
            }
            if (config.servers() != null && config.servers().timeoutSeconds() != null) {
                builder.serverTimeout(Duration.ofSeconds(config.servers().timeoutSeconds()));
            }
            return builder.open();
        } catch (IllegalArgumentException e) {
            throw unusable(e);
        } catch (IOException e) {
            throw new CliFailure(file + ": " + e.getMessage(), e);
        }
    }

    private InMemoryServerRegistry registry(BackendConfig config) {
        InMemoryServerRegistry.Builder builder = InMemoryServerRegistry.builder();
        try {
            if (config.servers() != null && config.servers().timeoutSeconds() != null) {
                builder.serverTimeout(Duration.ofSeconds(config.servers().timeoutSeconds()));
            }
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw unusable(e);
        }
    }

    /// Servers that do not announce themselves are taken to have the keys that are here.
    private void configure(InMemoryServerRegistry registry, BackendConfig config, KeyRing keys) {
        for (BackendConfig.Server server :
                otherwise(config.server(), List.<BackendConfig.Server>of())) {
            ServerAnnouncement announcement;
            try {
                announcement = announcement(server, config, keys);
            } catch (IllegalArgumentException e) {
                throw new CliFailure(
                        file
                                + ": [[server]]: "
                                + Wording.ofConfiguration(String.valueOf(e.getMessage())),
                        e);
            }
            registry.configure(announcement);
        }
    }

    private ServerAnnouncement announcement(
            BackendConfig.Server server, BackendConfig config, KeyRing keys) {
        NetAddress publicAddress =
                address(
                        "server.public-address",
                        needed("server.public-address", server.publicAddress()));
        NetAddress internalAddress =
                server.internalAddress() == null
                        ? publicAddress
                        : address("server.internal-address", server.internalAddress());
        checkDialled("server.public-address", publicAddress);
        checkDialled("server.internal-address", internalAddress);
        int maxClients = needed("server.max-clients", server.maxClients());
        List<String> ids =
                otherwise(server.protocolIds(), needed("protocol-ids", config.protocolIds()));
        if (ids.size() != 1) {
            throw new CliFailure(
                    file + ": a [[server]] is of one protocol id: set its protocol-ids to one");
        }
        return ServerAnnouncement.builder()
                .serverId(needed("server.id", server.id()))
                .publicAddress(publicAddress)
                .internalAddress(internalAddress)
                .region(otherwise(server.region(), ""))
                .protocolId(protocolIds(ids)[0])
                .maxClients(maxClients)
                .keyIds(keys.ids())
                .webTransportCertificateHashes(
                        otherwise(server.webTransportCertificateHashes(), List.of()))
                .web(WebUrls.parse(server.webTransport(), server.webSocket()))
                .build();
    }

    private long[] protocolIds(List<String> texts) {
        try {
            return texts.stream().mapToLong(new UnsignedLongConverter()::convert).toArray();
        } catch (RuntimeException e) {
            throw new CliFailure(file + ": protocol-ids: " + e.getMessage());
        }
    }

    private void checkDialled(String name, NetAddress address) {
        Addresses.undialled(address)
                .ifPresent(problem -> {
                    throw new CliFailure(file + ": " + name + " " + address + " " + problem);
                });
    }

    private URI url(String name, String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new CliFailure(
                    file
                            + ": "
                            + name
                            + " is '"
                            + text
                            + "', which is no URL: write it as https://login.example.org/keys");
        }
    }

    private NetAddress address(String name, String text) {
        try {
            return NetAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CliFailure(file + ": " + name + ": " + e.getMessage());
        }
    }

    private String secret(BackendConfig config, Path path) throws IOException {
        return SecretFile.at(resolved(path), config.secretReaders()).read();
    }

    private Path resolved(Path path) {
        return file.toAbsolutePath().resolveSibling(path);
    }

    private <T> T needed(String name, @Nullable T value) {
        if (value == null) {
            throw new CliFailure(file + ": '" + name + "' is missing");
        }
        return value;
    }

    private static <T> T otherwise(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
