package dev.hawser.web;

import java.time.Duration;
import java.util.Set;

/// What a web server lets in, and how much of it. Immutable; begin with [#DEFAULT].
///
/// **Origins.** Browsers say from which site the page came that opens a session. A game server is
/// never of the same site as the pages of its game, and what lets a player in is the connect token,
/// which no foreign page has: so by default pages of every site may try. A list keeps out those
/// that are not on it, and says nothing of clients that are no browsers: they send what they like.
///
/// **Proxies.** Behind a proxy every session comes from the proxy's address: raise
/// `sessionsPerAddressMax`, and the limits of pending connections of the server on top.
///
/// @param path of the URL that clients open; `/hawser` by default
/// @param origins the sites whose pages may open sessions, each as browsers write it, for example
///   `https://play.example.org`; empty for all
/// @param sessionsMax how many sessions may be open, 4096 by default
/// @param sessionsPerAddressMax how many of them from one IPv4 address or IPv6 /64, 64 by default;
///   from one IPv6 /48 there may be four times as many
/// @param idleTimeout how long a session may bring no packet, 30 seconds by default; it is then
///   closed. Connections of the network on which no session is opened are closed sooner
/// @param connectTimeout how long a session may be without a connected client, 10 seconds by
///   default: whoever sends bytes and never shows a connect token does not keep its place. A
///   handshake takes a few round trips, and a client gives up after the timeout of its token, 5
///   seconds where the token service says nothing else
/// @param queuePackets how many packets wait between the network's thread and the owner's, in each
///   direction, 4096 by default; each takes about 1.3 KB from the start
public record WebServerOptions(
        String path,
        Set<String> origins,
        int sessionsMax,
        int sessionsPerAddressMax,
        Duration idleTimeout,
        Duration connectTimeout,
        int queuePackets) {
    private static final int SESSIONS_LIMIT = 65_535;
    private static final int QUEUE_PACKETS_LIMIT = 1 << 20;

    /// The options that nobody has changed.
    public static final WebServerOptions DEFAULT =
            new WebServerOptions(
                    "/hawser",
                    Set.of(),
                    4096,
                    64,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10),
                    4096);

    /// Checks the ranges and copies the set.
    ///
    /// @throws IllegalArgumentException when something cannot be; the message says what
    public WebServerOptions {
        origins = Set.copyOf(origins);
        if (!path.startsWith("/") || path.contains("?")) {
            throw new IllegalArgumentException(
                    "the path '" + path + "' must begin with / and have no query");
        }
        checkRange("sessionsMax", sessionsMax, SESSIONS_LIMIT);
        checkRange("sessionsPerAddressMax", sessionsPerAddressMax, SESSIONS_LIMIT);
        checkRange("queuePackets", queuePackets, QUEUE_PACKETS_LIMIT);
        checkTimeout("idleTimeout", idleTimeout);
        checkTimeout("connectTimeout", connectTimeout);
    }

    private static void checkTimeout(String name, Duration value) {
        if (value.compareTo(Duration.ofSeconds(1)) < 0
                || value.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException(
                    name + " is " + value + ", but must be from 1 second to 1 hour");
        }
    }

    private static void checkRange(String name, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(
                    name + " is " + value + ", but must be from 1 to " + max);
        }
    }

    /// {@return these options with another path}
    public WebServerOptions withPath(String path) {
        return new WebServerOptions(
                path,
                origins,
                sessionsMax,
                sessionsPerAddressMax,
                idleTimeout,
                connectTimeout,
                queuePackets);
    }

    /// {@return these options with a list of sites whose pages may open sessions}
    public WebServerOptions withOrigins(String... origins) {
        return new WebServerOptions(
                path,
                Set.of(origins),
                sessionsMax,
                sessionsPerAddressMax,
                idleTimeout,
                connectTimeout,
                queuePackets);
    }

    /// {@return these options with other limits of open sessions}
    ///
    /// @param total how many there may be
    /// @param perAddress how many from one IPv4 address or IPv6 /64
    public WebServerOptions withSessionsMax(int total, int perAddress) {
        return new WebServerOptions(
                path, origins, total, perAddress, idleTimeout, connectTimeout, queuePackets);
    }

    /// {@return these options with another time that a session may bring no packet}
    public WebServerOptions withIdleTimeout(Duration idleTimeout) {
        return new WebServerOptions(
                path,
                origins,
                sessionsMax,
                sessionsPerAddressMax,
                idleTimeout,
                connectTimeout,
                queuePackets);
    }

    /// {@return these options with another time that a session may be without a connected client}
    public WebServerOptions withConnectTimeout(Duration connectTimeout) {
        return new WebServerOptions(
                path,
                origins,
                sessionsMax,
                sessionsPerAddressMax,
                idleTimeout,
                connectTimeout,
                queuePackets);
    }

    /// {@return these options with queues of another length}
    public WebServerOptions withQueuePackets(int queuePackets) {
        return new WebServerOptions(
                path,
                origins,
                sessionsMax,
                sessionsPerAddressMax,
                idleTimeout,
                connectTimeout,
                queuePackets);
    }
}
