package dev.hawser.web;

import dev.hawser.token.WebUrls;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What a web server lets in, and how much of it. Immutable: [#builder()], or [#DEFAULT].
///
/// **Origins.** Browsers say from which site the page came that opens a session. A game server is
/// never of the same site as the pages of its game, and what lets a player in is the connect token,
/// which no foreign page has: so by default pages of every site may try. A list keeps out those
/// that are not on it, and says nothing of clients that are no browsers: they send what they like.
///
/// **Proxies.** Behind a proxy every session comes from the proxy's address: raise
/// `sessionsPerAddressMax`, and the limits of pending connections of the server on top.
public final class WebServerOptions {
    private static final int SESSIONS_LIMIT = 65_535;
    private static final int QUEUE_PACKETS_LIMIT = 1 << 20;

    /// The options that nobody has changed.
    public static final WebServerOptions DEFAULT = builder().build();

    private final String path;
    private final Set<String> origins;
    private final int sessionsMax;
    private final int sessionsPerAddressMax;
    private final Duration idleTimeout;
    private final Duration connectTimeout;
    private final int queuePackets;

    private WebServerOptions(Builder builder) {
        path = builder.path;
        origins = builder.origins;
        sessionsMax = builder.sessionsMax;
        sessionsPerAddressMax = builder.sessionsPerAddressMax;
        idleTimeout = builder.idleTimeout;
        connectTimeout = builder.connectTimeout;
        queuePackets = builder.queuePackets;
    }

    /// {@return a builder with every default}
    public static Builder builder() {
        return new Builder();
    }

    /// {@return a builder that has what these options say}
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.path = path;
        builder.origins = origins;
        builder.sessionsMax = sessionsMax;
        builder.sessionsPerAddressMax = sessionsPerAddressMax;
        builder.idleTimeout = idleTimeout;
        builder.connectTimeout = connectTimeout;
        builder.queuePackets = queuePackets;
        return builder;
    }

    /// {@return the path of the URL that clients open}
    public String path() {
        return path;
    }

    /// {@return the sites whose pages may open sessions; empty for all}
    public Set<String> origins() {
        return origins;
    }

    /// {@return how many sessions may be open}
    public int sessionsMax() {
        return sessionsMax;
    }

    /// {@return how many sessions may be open from one IPv4 address or IPv6 /64; from one IPv6 /48
    /// there may be four times as many}
    public int sessionsPerAddressMax() {
        return sessionsPerAddressMax;
    }

    /// {@return how long a session may bring no packet}
    public Duration idleTimeout() {
        return idleTimeout;
    }

    /// {@return how long a session may be without a connected client}
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /// {@return how many packets wait between the network's thread and the owner's, in each
    /// direction}
    public int queuePackets() {
        return queuePackets;
    }

    private static void checkTimeout(String name, Duration value) {
        if (value.compareTo(Duration.ofSeconds(1)) < 0
                || value.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException(
                    name
                            + " is "
                            + value
                            + ", but must be from 1 second to 1 hour: leave it out for the default");
        }
    }

    private static void checkRange(String name, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(
                    name
                            + " is "
                            + value
                            + ", but must be from 1 to "
                            + max
                            + ": leave it out for the default");
        }
    }

    /// Collects options. Each method replaces what was set before and returns the builder.
    public static final class Builder {
        private String path = "/hawser";
        private Set<String> origins = Set.of();
        private int sessionsMax = 4096;
        private int sessionsPerAddressMax = 64;
        private Duration idleTimeout = Duration.ofSeconds(30);
        private Duration connectTimeout = Duration.ofSeconds(10);
        private int queuePackets = 4096;

        private Builder() {}

        /// Sets the path of the URL that clients open, `/hawser` by default.
        ///
        /// @throws IllegalArgumentException when it does not begin with / or has a query
        public Builder path(String path) {
            if (!path.startsWith("/") || path.contains("?")) {
                throw new IllegalArgumentException(
                        "the path '" + path + "' must begin with / and have no query");
            }
            this.path = path;
            return this;
        }

        /// Sets the sites whose pages may open sessions, each as browsers write it, for example
        /// `https://play.example.org`; all by default.
        ///
        /// @throws IllegalArgumentException when there is none, or one is never that of a page
        public Builder origins(String... origins) {
            if (origins.length == 0) {
                throw new IllegalArgumentException(
                        "0 origins, but there must be at least one: name those of the game's pages,"
                                + " or leave origins(…) out for all");
            }
            Set<String> checked = new LinkedHashSet<>(List.of(origins));
            checked.forEach(WebUrls::checkOrigin);
            this.origins = Set.copyOf(checked);
            return this;
        }

        /// Sets how many sessions may be open, 4096 by default, and how many of them from one IPv4
        /// address or IPv6 /64, 64 by default; from one IPv6 /48 there may be four times as many.
        ///
        /// @throws IllegalArgumentException when one is not from 1 to 65,535
        public Builder sessionsMax(int total, int perAddress) {
            checkRange("sessionsMax", total, SESSIONS_LIMIT);
            checkRange("sessionsPerAddressMax", perAddress, SESSIONS_LIMIT);
            sessionsMax = total;
            sessionsPerAddressMax = perAddress;
            return this;
        }

        /// Sets how long a session may bring no packet, 30 seconds by default; it is then closed.
        /// Connections of the network on which no session is opened are closed sooner.
        ///
        /// @throws IllegalArgumentException when it is not from 1 second to 1 hour
        public Builder idleTimeout(Duration idleTimeout) {
            checkTimeout("idleTimeout", idleTimeout);
            this.idleTimeout = idleTimeout;
            return this;
        }

        /// Sets how long a session may be without a connected client, 10 seconds by default: a peer
        /// that sends bytes and never shows a connect token does not keep its place. A handshake
        /// takes a few round trips, and a client gives up after the timeout of its token, 5 seconds
        /// where the token service says nothing else.
        ///
        /// @throws IllegalArgumentException when it is not from 1 second to 1 hour
        public Builder connectTimeout(Duration connectTimeout) {
            checkTimeout("connectTimeout", connectTimeout);
            this.connectTimeout = connectTimeout;
            return this;
        }

        /// Sets how many packets wait between the network's thread and the owner's, in each
        /// direction, 4096 by default; each takes about 1.3 KB from the start.
        ///
        /// @throws IllegalArgumentException when it is not from 1 to 1,048,576
        public Builder queuePackets(int queuePackets) {
            checkRange("queuePackets", queuePackets, QUEUE_PACKETS_LIMIT);
            this.queuePackets = queuePackets;
            return this;
        }

        /// {@return the options}
        public WebServerOptions build() {
            return new WebServerOptions(this);
        }
    }
}
