package dev.hawser.online.operator;

import dev.hawser.online.token.CredentialSupplier;
import java.lang.System.Logger;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;

/// What an [OperatorClient] was built with, complete and checked.
record OperatorSettings(
        List<URI> endpoints,
        CredentialSupplier credentials,
        SSLContext sslContext,
        Duration connectTimeout,
        Duration requestTimeout,
        RandomGenerator random,
        Logger logger) {}
