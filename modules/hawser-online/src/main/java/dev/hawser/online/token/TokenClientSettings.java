package dev.hawser.online.token;

import dev.hawser.online.http.Backoff;
import dev.hawser.protocol.WallClock;
import java.lang.System.Logger;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;

/// What a [TokenClient] was built with, complete and checked.
///
/// @param endpoints of the service, as the application gave them
/// @param region empty for whatever the service chooses
/// @param protocolId that tokens must have, or empty
/// @param attemptsMax at each endpoint
/// @param retryAfterMax how long the service may make a fetch wait
record TokenClientSettings(
        List<URI> endpoints,
        CredentialSupplier credentials,
        String region,
        OptionalLong protocolId,
        SSLContext sslContext,
        Duration connectTimeout,
        Duration requestTimeout,
        Duration overallTimeout,
        int attemptsMax,
        Backoff backoff,
        Duration retryAfterMax,
        Executor executor,
        FetchTimer timer,
        WallClock wallClock,
        Logger logger) {}
