package dev.hawser.redis;

import io.lettuce.core.RedisURI;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Where the store is, as its URL says it.
///
/// @param kind what is there
/// @param isTls whether it is reached by TLS
/// @param nodes one, or several that are asked where the others are
/// @param master the name that sentinels know it by; empty for other kinds
/// @param database number; 0 in a cluster
/// @param user empty for the default one
/// @param password from the URL; empty for none, or where it comes from a file
record StoreAddress(
        Kind kind,
        boolean isTls,
        List<Node> nodes,
        String master,
        int database,
        String user,
        String password) {
    /// A host and its port.
    record Node(String host, int port) {}

    /// What there is, and by which schemes it is named.
    enum Kind {
        SINGLE,
        SENTINEL,
        CLUSTER
    }

    private static final Map<String, Kind> SCHEMES =
            Map.of(
                    "redis",
                    Kind.SINGLE,
                    "redis-sentinel",
                    Kind.SENTINEL,
                    "redis-cluster",
                    Kind.CLUSTER);

    private static final int PORT_DEFAULT = 6379;
    private static final int SENTINEL_PORT_DEFAULT = 26379;
    private static final int PORT_MAX = 65535;
    private static final int DATABASE_MAX = 15;

    /// {@return what a URL says}
    ///
    /// @throws IllegalArgumentException when it is none of a store; the message never has the
    ///   password
    static StoreAddress parse(String url) {
        int end = url.indexOf("://");
        String scheme = end < 0 ? "" : url.substring(0, end);
        boolean isTls = scheme.startsWith("rediss");
        Kind kind = SCHEMES.get(isTls ? scheme.replaceFirst("rediss", "redis") : scheme);
        if (kind == null) {
            throw wrong("its scheme is '" + scheme + "'");
        }
        String rest = url.substring(end + 3);
        String master = "";
        int hash = rest.indexOf('#');
        if (hash >= 0) {
            master = rest.substring(hash + 1);
            rest = rest.substring(0, hash);
        }
        if (rest.indexOf('?') >= 0) {
            throw wrong("it has parameters behind a '?'");
        }
        int database = 0;
        int slash = rest.indexOf('/');
        if (slash >= 0) {
            database = database(rest.substring(slash + 1));
            rest = rest.substring(0, slash);
        }
        int at = rest.lastIndexOf('@');
        String user = "";
        String password = "";
        if (at >= 0) {
            String login = rest.substring(0, at);
            int colon = login.indexOf(':');
            user = decoded(colon < 0 ? login : login.substring(0, colon));
            password = colon < 0 ? "" : decoded(login.substring(colon + 1));
            rest = rest.substring(at + 1);
        }
        List<Node> nodes = new ArrayList<>();
        for (String node : rest.split(",", -1)) {
            nodes.add(node(node, kind));
        }
        if (kind == Kind.SINGLE && nodes.size() > 1) {
            throw wrong("it names " + nodes.size() + " nodes of a single store");
        }
        if ((kind == Kind.SENTINEL) == master.isEmpty()) {
            throw wrong(
                    kind == Kind.SENTINEL
                            ? "it does not name the master that the sentinels watch"
                            : "it names a master, which only sentinels have");
        }
        if (kind == Kind.CLUSTER && database != 0) {
            throw wrong("a cluster has no database " + database);
        }
        return new StoreAddress(kind, isTls, nodes, master, database, user, password);
    }

    private static IllegalArgumentException wrong(String why) {
        return new IllegalArgumentException(
                "the store's url cannot be used, since "
                        + why
                        + ": write redis://host:6379, redis-sentinel://host:26379,host:26379#master"
                        + " or redis-cluster://host:6379,host:6379, with rediss for TLS");
    }

    private static int database(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        if (text.matches("\\d{1,2}") && Integer.parseInt(text) <= DATABASE_MAX) {
            return Integer.parseInt(text);
        }
        throw wrong("its path is no number of a database, 0 to " + DATABASE_MAX);
    }

    private static Node node(String text, Kind kind) {
        try {
            URI uri = new URI("redis://" + text);
            if (uri.getHost() == null || uri.getPort() > PORT_MAX || uri.getPort() == 0) {
                throw wrong("'" + text + "' is no host and port");
            }
            int port = kind == Kind.SENTINEL ? SENTINEL_PORT_DEFAULT : PORT_DEFAULT;
            String host = uri.getHost();
            if (host.startsWith("[")) {
                host = host.substring(1, host.length() - 1);
            }
            return new Node(host, uri.getPort() < 0 ? port : uri.getPort());
        } catch (URISyntaxException e) {
            throw wrong("'" + text + "' is no host and port");
        }
    }

    private static String decoded(String text) {
        return java.net.URLDecoder.decode(
                text.replace("+", "%2B"), java.nio.charset.StandardCharsets.UTF_8);
    }

    /// {@return the same for the driver, one for each node that it asks first}
    List<RedisURI> uris(Optional<StorePassword> password, Duration timeout) {
        if (kind == Kind.SENTINEL) {
            RedisURI.Builder uri = RedisURI.builder();
            nodes.forEach(node -> uri.withSentinel(node.host, node.port));
            return List.of(finished(uri.withSentinelMasterId(master), password, timeout));
        }
        return nodes.stream()
                .map(node -> RedisURI.builder().withHost(node.host).withPort(node.port))
                .map(uri -> finished(uri, password, timeout))
                .toList();
    }

    private RedisURI finished(
            RedisURI.Builder builder, Optional<StorePassword> password, Duration timeout) {
        builder.withSsl(isTls).withTimeout(timeout).withDatabase(database);
        password.ifPresent(builder::withAuthentication);
        RedisURI uri = builder.build();
        uri.getSentinels().forEach(sentinel -> sentinel.setSsl(isTls));
        return uri;
    }

    /// The URL without user and password.
    @Override
    public String toString() {
        String scheme = kind.name().toLowerCase(java.util.Locale.ROOT);
        return (isTls ? "rediss" : "redis")
                + (kind == Kind.SINGLE ? "" : "-" + scheme)
                + "://"
                + nodes.stream()
                        .map(node ->
                                (node.host.contains(":") ? "[" + node.host + "]" : node.host)
                                        + ":"
                                        + node.port)
                        .collect(Collectors.joining(","))
                + (database == 0 ? "" : "/" + database)
                + (master.isEmpty() ? "" : "#" + master);
    }
}
