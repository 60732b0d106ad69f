package dev.hawser.backend;

import dev.hawser.backend.fleet.FleetStore;
import dev.hawser.backend.fleet.InMemoryFleetStore;
import dev.hawser.backend.registry.ServerStart;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.token.WebUrls;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A game server that is its own backend: a [NetcodeServer] and a [TokenService] in one process,
/// with the same keys and the same idea of who is connected.
///
/// ```java
/// var backend =
///         EmbeddedBackend.builder()
///                 .server(NetcodeServer.builder().transport(UdpTransport.bind(address)))
///                 .service(
///                         TokenService.builder()
///                                 .bind(NetAddress.parse("0.0.0.0:8443"))
///                                 .certificate(chain, key)
///                                 .authenticator(authenticator)
///                                 .clientIdSecret(secret))
///                 .keyRing(keys)
///                 .protocolId(PROTOCOL_ID)
///                 .publicAddress(NetAddress.parse("203.0.113.5:40000"))
///                 .build();
/// backend.server().start();
/// backend.start();
/// while (isRunning) {
///     backend.server().update();
///     backend.update();
///     …
/// }
/// backend.close();
/// backend.server().stop();
/// ```
///
/// The server may be a member of a `MultiServer`: it is added and updated there, and [#update()]
/// follows. Other game servers can announce themselves at the same service.
///
/// **The web.** Members of that `MultiServer` that take browsers have the identity of this server;
/// where they are, and with which certificates, the service tells with each token
/// ([Builder#webTransport], [Builder#webSocket], [Builder#webTransportCertificateHashes]).
///
/// **Threads.** [#update()] belongs to the thread of the server; the rest may be called by any.
public final class EmbeddedBackend implements AutoCloseable {
    /// The registry forgets a server that is silent for fifteen times as long.
    private static final long ANNOUNCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final String SERVER_ID = "this";

    private final NetcodeServer server;
    private final TokenService service;
    private final FleetStore store;
    private final @Nullable NetAddress publicAddress;
    private final String region;
    private final WebUrls web;
    private final Supplier<List<String>> webTransportCertificateHashes;
    private boolean hasAnnounced;
    private long announcedNanos;
    private long announcedConnections;
    private long announcedDisconnections;
    private int announcedFreeSlots;

    private EmbeddedBackend(
            NetcodeServer server, TokenService service, FleetStore store, Builder builder) {
        this.server = server;
        this.service = service;
        this.store = store;
        publicAddress = builder.publicAddress;
        region = builder.region;
        web = builder.web;
        webTransportCertificateHashes = builder.webTransportCertificateHashes;
    }

    /// {@return a builder, which needs a server, a service, keys and a protocol id}
    public static Builder builder() {
        return new Builder();
    }

    /// {@return the game server, which its owner starts, updates and stops}
    public NetcodeServer server() {
        return server;
    }

    /// {@return the service}
    public TokenService service() {
        return service;
    }

    /// {@return what the service remembers: which servers there are, who is where, who is banned}
    /// Any thread may ask it, without HTTP. It is in memory, so its answers are complete at once.
    public FleetStore store() {
        return store;
    }

    /// Starts the service. Players get tokens from the first [#update()] on.
    ///
    /// @throws IOException when it cannot listen at its address
    public void start() throws IOException {
        service.start();
    }

    /// Tells the service of the server: who has connected, how many slots are free. To be called
    /// after each update of the server; costs next to nothing when nothing has changed.
    public void update() {
        long nowNanos = System.nanoTime();
        if (!server.isRunning() || server.isDraining()) {
            if (hasAnnounced) {
                hasAnnounced = false;
                var _ = store.registry().withdraw(new ServerStart(SERVER_ID, ""), 0);
            }
            return;
        }
        int freeSlots = freeSlots();
        if (hasAnnounced
                && freeSlots == announcedFreeSlots
                && server.connections() == announcedConnections
                && server.disconnections() == announcedDisconnections
                && nowNanos - announcedNanos < ANNOUNCE_NANOS) {
            return;
        }
        NetAddress identity = publicAddress == null ? server.localAddress() : publicAddress;
        var _ =
                store.registry()
                        .announce(
                                ServerAnnouncement.builder()
                                        .serverId(SERVER_ID)
                                        .publicAddress(identity)
                                        .region(region)
                                        .protocolId(server.protocolId())
                                        .maxClients(server.maxClients())
                                        .freeSlots(freeSlots)
                                        .keyIds(server.keyIds())
                                        .maxConnectTokenLifetimeSeconds(
                                                (int) server.maxConnectTokenLifetime().toSeconds())
                                        .webTransportCertificateHashes(
                                                webTransportCertificateHashes.get())
                                        .web(web)
                                        .connectedSince(
                                                Arrays.stream(
                                                                server.clientIdsSince(
                                                                        announcedConnections))
                                                        .boxed()
                                                        .collect(Collectors.toSet()))
                                        .disconnectedSince(disconnectedSince())
                                        .build());
        hasAnnounced = true;
        announcedNanos = nowNanos;
        announcedFreeSlots = freeSlots;
        announcedConnections = server.connections();
        announcedDisconnections = server.disconnections();
    }

    private Set<Long> disconnectedSince() {
        long[] left = server.disconnectedIdsSince(announcedDisconnections);
        if (left.length == 0) {
            return Set.of();
        }
        Set<Long> here = Arrays.stream(server.clientIds()).boxed().collect(Collectors.toSet());
        return Arrays.stream(left)
                .filter(id -> !here.contains(id))
                .limit(ServerAnnouncement.CONNECTED_MAX)
                .boxed()
                .collect(Collectors.toSet());
    }

    private int freeSlots() {
        Duration lifetime = service.connectTokenLifetime();
        // One clock for both: with equal lifetimes no token is from before the start.
        boolean isReady =
                lifetime.equals(server.maxConnectTokenLifetime())
                        || server.acceptsTokensOf(lifetime);
        return isReady ? server.freeSlots() : 0;
    }

    /// Takes the keys that tokens are sealed with, and may be sealed with, from now on. Belongs to
    /// the thread of the server.
    ///
    /// @param keys kept, not copied: erase the former ones after this
    public void keyRing(KeyRing keys) {
        // First the server: it must know the key of a token before there is one.
        server.keyRing(keys);
        service.keyRing(keys);
        hasAnnounced = false;
        update();
    }

    /// Ends the service. The server goes on until its owner stops it.
    @Override
    public void close() {
        service.close();
        store.close();
    }

    /// How a backend is set up. Each method replaces what was set before and returns the builder.
    public static final class Builder {
        private NetcodeServer.@Nullable Builder server;
        private TokenService.@Nullable Builder service;
        private @Nullable KeyRing keyRing;
        private @Nullable Long protocolId;
        private @Nullable NetAddress publicAddress;
        private String region = "";
        private WebUrls web = WebUrls.NONE;
        private Supplier<List<String>> webTransportCertificateHashes = List::of;

        /// Whose transport the backend has that was built last.
        private NetcodeServer.@Nullable Builder built;

        private Builder() {}

        /// Sets the game server; its keys, its protocol id and its identity are set here.
        public Builder server(NetcodeServer.Builder server) {
            this.server = Objects.requireNonNull(server, "server");
            return this;
        }

        /// Sets the service; its keys, its protocol id and its store are set here.
        public Builder service(TokenService.Builder service) {
            this.service = Objects.requireNonNull(service, "service");
            return this;
        }

        /// Sets the keys of both.
        ///
        /// @param keys kept, not copied: erase them after both have ended
        public Builder keyRing(KeyRing keys) {
            keyRing = Objects.requireNonNull(keys, "keyRing");
            return this;
        }

        /// Sets the 64 bits that tell this game, and this version of it, from every other.
        public Builder protocolId(long protocolId) {
            this.protocolId = protocolId;
            return this;
        }

        /// Sets the address that players dial, by default the one that the server is bound to,
        /// which must then not be a wildcard.
        ///
        /// @throws IllegalArgumentException when it is `0.0.0.0` or `::`, or has the port 0
        public Builder publicAddress(NetAddress address) {
            ServerAnnouncement.checkAddress("publicAddress", address);
            publicAddress = address;
            return this;
        }

        /// Sets where the server is, for players who ask for a region; by default nowhere.
        ///
        /// @throws IllegalArgumentException when it is longer than 64 characters or has some that
        ///   do not print
        public Builder region(String region) {
            ServerAnnouncement.checkRegion(region);
            this.region = region;
            return this;
        }

        /// Sets where browsers reach the server over WebTransport, as
        /// `https://play.example.org:7778/hawser`; by default nowhere.
        ///
        /// @throws IllegalArgumentException when it is no `https` URL as [WebUrls] describes them
        public Builder webTransport(URI url) {
            web = new WebUrls(Objects.requireNonNull(url, "webTransport"), web.webSocket());
            return this;
        }

        /// Sets where browsers reach the server over WebSocket, as
        /// `wss://play.example.org:7778/hawser`; by default nowhere.
        ///
        /// @throws IllegalArgumentException when it is no `wss` or `ws` URL as [WebUrls] describes
        ///   them
        public Builder webSocket(URI url) {
            web = new WebUrls(web.webTransport(), Objects.requireNonNull(url, "webSocket"));
            return this;
        }

        /// Sets who knows the SHA-256 hashes of the certificates that browsers are to accept, as 64
        /// hexadecimal digits each; none by default. Asked on the server's thread about once a
        /// second, so it answers at once, and does not fail.
        public Builder webTransportCertificateHashes(Supplier<List<String>> hashes) {
            webTransportCertificateHashes =
                    Objects.requireNonNull(hashes, "webTransportCertificateHashes");
            return this;
        }

        /// {@return both, not yet started}
        ///
        /// @throws IOException when the certificate of the service cannot be used
        /// @throws IllegalStateException when something needed was not set, when the server would
        ///   refuse the tokens of the service because they live too long, or when a backend was
        ///   built of this server already: it has the transport
        public EmbeddedBackend build() throws IOException {
            KeyRing keys = set("keyRing", keyRing);
            long protocolId = set("protocolId", this.protocolId);
            NetcodeServer.Builder serverBuilder = set("server", server);
            if (serverBuilder == built) {
                throw new IllegalStateException(
                        "an embedded backend was built of this server(…) already, and has its"
                                + " transport: set another server(…) with a transport of its own,"
                                + " and a service(…) with another bind(…)");
            }
            FleetStore store = InMemoryFleetStore.builder().build();
            serverBuilder.keyRing(keys).protocolId(protocolId);
            if (publicAddress != null) {
                serverBuilder.identity(publicAddress);
            }
            TokenService.Builder serviceBuilder =
                    set("service", service).keyRing(keys).protocolIds(protocolId).store(store);
            NetcodeServer netcodeServer = serverBuilder.build();
            TokenService builtService = serviceBuilder.build();
            Duration accepted = netcodeServer.maxConnectTokenLifetime();
            Duration minted = builtService.connectTokenLifetime();
            if (!accepted.isZero() && minted.compareTo(accepted) > 0) {
                throw new IllegalStateException(
                        "the service's tokens live "
                                + minted.toSeconds()
                                + " s (connectTokenLifetime), but the server refuses those that"
                                + " live longer than "
                                + accepted.toSeconds()
                                + " s: raise its maxConnectTokenLifetime, best to the same");
            }
            built = serverBuilder;
            return new EmbeddedBackend(netcodeServer, builtService, store, this);
        }

        private static <T> T set(String name, @Nullable T value) {
            if (value == null) {
                throw new IllegalStateException(
                        "an embedded backend without " + name + ": set " + name + "(…)");
            }
            return value;
        }
    }
}
