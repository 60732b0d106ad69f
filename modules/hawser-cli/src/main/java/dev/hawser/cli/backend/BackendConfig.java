package dev.hawser.cli.backend;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.hawser.cli.option.Limits;
import dev.hawser.cli.process.CliFailure;
import dev.hawser.cli.process.Failures;
import dev.hawser.keys.SecretReaders;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What `hawser backend --config FILE` reads: TOML, whose names are those of these components in
/// kebab case (`client-id-secret-file`). Names that are not here are refused. Paths are relative to
/// the file.
///
/// @param listen where, as `0.0.0.0:8443`
/// @param protocolIds the games and their versions, decimal or 0x hexadecimal, as strings
/// @param tls the certificate; left out for plain HTTP on loopback
/// @param keys where the private keys come from
/// @param groupMayRead whether files with secrets may be readable by their group
/// @param clientIdSecretFile what client ids are made with; may be left out for development
/// @param players who is it
/// @param store what several services share; left out for a service that is alone
/// @param servers how game servers announce themselves; may be left out where all are configured
/// @param server game servers that do not announce themselves
/// @param tokens what tokens are like
/// @param limits of requests
/// @param browsers which web pages may ask
record BackendConfig(
        @Nullable String listen,
        @Nullable List<String> protocolIds,
        @Nullable Tls tls,
        @Nullable Keys keys,
        @Nullable Boolean groupMayRead,
        @Nullable Path clientIdSecretFile,
        @Nullable Players players,
        @Nullable Store store,
        @Nullable Servers servers,
        @Nullable List<Server> server,
        @Nullable Tokens tokens,
        @Nullable Limits limits,
        @Nullable Browsers browsers) {
    /// Two PEM files, or a certificate that is made at the start, whose hash is printed.
    record Tls(
            @Nullable Path certificate, @Nullable Path key, @Nullable List<String> selfSignedFor) {}

    /// A key file; without it the environment variable.
    record Keys(@Nullable Path file) {}

    /// One of these.
    record Players(@Nullable Jwt jwt, @Nullable Tickets tickets, @Nullable Boolean development) {
        private int count() {
            return (jwt == null ? 0 : 1)
                    + (tickets == null ? 0 : 1)
                    + (Boolean.TRUE.equals(development) ? 1 : 0);
        }
    }

    /// As [dev.hawser.backend.JwtAuthenticator] has it.
    record Jwt(
            @Nullable String issuer,
            @Nullable String audience,
            @Nullable String jwks,
            @Nullable List<String> algorithms) {}

    /// As [dev.hawser.backend.TicketAuthenticator] has it.
    record Tickets(@Nullable Path secretFile) {}

    /// As [dev.hawser.redis.RedisFleetStore.Builder] has it.
    ///
    /// @param certificates who vouches for the store's certificate, where that is not an authority
    ///   that Java knows
    record Store(
            @Nullable String url,
            @Nullable Path passwordFile,
            @Nullable Path certificates,
            @Nullable String keyPrefix) {}

    /// @param credentialFiles what servers show, any of these
    record Servers(@Nullable List<Path> credentialFiles, @Nullable Integer timeoutSeconds) {}

    /// A server that does not announce itself.
    ///
    /// @param webTransport its URL for browsers
    /// @param webSocket its URL for browsers
    /// @param webTransportCertificateHashes only where no authority vouches for the certificate
    record Server(
            @Nullable String id,
            @Nullable String publicAddress,
            @Nullable String internalAddress,
            @Nullable String region,
            @Nullable List<String> protocolIds,
            @Nullable Integer maxClients,
            @Nullable String webTransport,
            @Nullable String webSocket,
            @Nullable List<String> webTransportCertificateHashes) {}

    /// How tokens are.
    record Tokens(
            @Nullable Integer lifetimeSeconds,
            @Nullable Integer timeoutSeconds,
            @Nullable Integer serversMax) {}

    /// How often, and on whose word.
    record Limits(
            @Nullable Integer perAddressPerMinute,
            @Nullable Integer perAccountPerMinute,
            @Nullable Integer connectionsPerAddress,
            @Nullable List<String> proxies) {}

    /// @param allowedOrigins as [dev.hawser.backend.TokenService.Builder#allowedOrigins] has them
    record Browsers(@Nullable List<String> allowedOrigins) {}

    /// A page of TOML has a few kilobytes; whatever is longer is not read to its end.
    private static final int BYTES_MAX = 1 << 20;

    /// Numbers are not cut, and texts not taken for numbers: what is written in another way than it
    /// should be is meant in another way.
    private static final TomlMapper MAPPER =
            TomlMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                    .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                    .withCoercionConfigDefaults(config ->
                            config.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
                    .build();

    /// {@return who may be able to read files with secrets}
    SecretReaders secretReaders() {
        return Boolean.TRUE.equals(groupMayRead) ? SecretReaders.GROUP : SecretReaders.OWNER;
    }

    /// {@return what a file says}
    ///
    /// @throws CliFailure when it cannot be read, is no TOML, or says what nobody understands or
    ///   what cannot be meant
    static BackendConfig read(Path file) {
        String text = text(file);
        BackendConfig config;
        try {
            config = MAPPER.readValue(text, BackendConfig.class);
        } catch (UnrecognizedPropertyException e) {
            throw new CliFailure(
                    file
                            + ": '"
                            + path(e)
                            + "' is not known; there are "
                            + e.getKnownPropertyIds().stream()
                                    .map(Object::toString)
                                    .sorted()
                                    .collect(Collectors.joining(", ")));
        } catch (JsonMappingException e) {
            throw new CliFailure(
                    file + ": '" + path(e) + "' is of the wrong kind, or a number too large");
        } catch (JacksonException e) {
            throw new CliFailure(
                    file
                            + ": not TOML at line "
                            + e.getLocation().getLineNr()
                            + ": "
                            + e.getOriginalMessage());
        }
        config.problem()
                .ifPresent(problem -> {
                    throw new CliFailure(file + ": " + problem);
                });
        return config;
    }

    private static String text(Path file) {
        if (Files.isDirectory(file)) {
            throw new CliFailure(
                    file + " is a directory: pass the file in it, for example backend.toml");
        }
        byte[] bytes;
        try (InputStream source = Files.newInputStream(file)) {
            bytes = source.readNBytes(BYTES_MAX + 1);
        } catch (FileSystemException named) {
            throw new CliFailure(Failures.describe(named), named);
        } catch (IOException e) {
            throw new CliFailure("cannot read " + file + ": " + e.getMessage(), e);
        }
        if (bytes.length > BYTES_MAX) {
            throw new CliFailure(
                    file + " has more than " + BYTES_MAX + " bytes: it is no configuration");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException notText) {
            throw new CliFailure(file + " is no text in UTF-8, and so no TOML", notText);
        }
    }

    /// {@return what cannot be meant: settings of which one would have no effect, or a service that
    /// could never give anybody a server}
    private Optional<String> problem() {
        if (players != null && players.count() > 1) {
            return Optional.of(
                    "[players] says several of jwt, tickets and development = true: set one, since"
                            + " players prove who they are in one way");
        }
        if (tls != null
                && tls.selfSignedFor() != null
                && (tls.certificate() != null || tls.key() != null)) {
            return Optional.of(
                    "tls.self-signed-for beside tls.certificate and tls.key: set one of the two,"
                            + " since there is one certificate");
        }
        if (store != null && server != null && !server.isEmpty()) {
            return Optional.of(
                    "[store] beside [[server]]: game servers of several services announce"
                            + " themselves, so leave out [[server]]");
        }
        boolean canAnnounce =
                servers != null
                        && (servers.credentialFiles() == null
                                || !servers.credentialFiles().isEmpty());
        if (!canAnnounce && (server == null || server.isEmpty())) {
            return Optional.of(
                    "there are no game servers: set servers.credential-files, so that they can"
                            + " announce themselves, or name them in [[server]]");
        }
        return problemOfServers();
    }

    private Optional<String> problemOfServers() {
        Set<String> ids = new HashSet<>();
        for (Server each : server == null ? List.<Server>of() : server) {
            if (each.id() != null && !ids.add(each.id())) {
                return Optional.of(
                        "two [[server]] have the id '"
                                + each.id()
                                + "', of which only one would count: give each its own");
            }
            if (each.webTransportCertificateHashes() != null && each.webTransport() == null) {
                return Optional.of(
                        "[[server]]: web-transport-certificate-hashes without web-transport: set"
                                + " that too, since browsers use them for nothing else");
            }
        }
        return Optional.empty();
    }

    private static String path(JsonMappingException e) {
        return e.getPath().stream()
                .map(part ->
                        part.getFieldName() == null
                                ? Integer.toString(part.getIndex())
                                : part.getFieldName())
                .collect(Collectors.joining("."));
    }
}
