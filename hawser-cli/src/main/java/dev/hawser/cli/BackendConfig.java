package dev.hawser.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
/// @param clientIdSecretFile what client ids are made with; may be left out for development
/// @param players who is it
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
        @Nullable Path clientIdSecretFile,
        @Nullable Players players,
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
    record Players(@Nullable Jwt jwt, @Nullable Tickets tickets, @Nullable Boolean development) {}

    /// As [dev.hawser.backend.JwtAuthenticator] has it.
    record Jwt(
            @Nullable String issuer,
            @Nullable String audience,
            @Nullable String jwks,
            @Nullable List<String> algorithms) {}

    /// As [dev.hawser.backend.TicketAuthenticator] has it.
    record Tickets(@Nullable Path secretFile) {}

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

    private static final TomlMapper MAPPER =
            TomlMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    /// {@return what a file says}
    ///
    /// @throws CliFailure when it is no TOML, or says what nobody understands
    static BackendConfig read(Path file) throws IOException {
        String text = Files.readString(file);
        try {
            return MAPPER.readValue(text, BackendConfig.class);
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
            throw new CliFailure(file + ": '" + path(e) + "' is of the wrong kind");
        } catch (JacksonException e) {
            throw new CliFailure(
                    file
                            + ": not TOML at line "
                            + e.getLocation().getLineNr()
                            + ": "
                            + e.getOriginalMessage());
        }
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
