package dev.hawser.online.fleet;

import dev.hawser.online.token.CredentialSupplier;
import dev.hawser.protocol.NetAddress;
import dev.hawser.token.WebUrls;
import java.lang.System.Logger;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// What a [ServerAnnouncer] was built with, complete and checked.
///
/// @param endpoints of the service, as the application gave them
/// @param region empty for anywhere
/// @param webTransportCertificateHashes asked for each announcement
/// @param admissions what asks about newcomers; null where nobody does
/// @param closeTimeout how long the withdrawal may hold up a close
record AnnouncerSettings(
        List<URI> endpoints,
        CredentialSupplier credentials,
        String serverId,
        NetAddress publicAddress,
        NetAddress internalAddress,
        String region,
        Supplier<List<String>> webTransportCertificateHashes,
        WebUrls web,
        SSLContext sslContext,
        Duration connectTimeout,
        Duration requestTimeout,
        Duration closeTimeout,
        @Nullable ServerAdmissions admissions,
        LongSupplier monotonicClock,
        RandomGenerator random,
        Logger logger) {}
