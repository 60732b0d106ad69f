package dev.hawser.online.http;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Which addresses a service may have.
public final class Endpoints {
    private static final String RESOURCES = "/v1/";

    /// By its writing, not by a look-up: whoever answers look-ups could say anything.
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[(::1|0:0:0:0:0:0:0:1)]");

    private Endpoints() {}

    /// {@return them, and they can be the addresses of one service}
    ///
    /// @throws IllegalArgumentException when there is none, or are too many, or one is there twice,
    ///   or one fails [#check]
    public static List<URI> checked(List<URI> endpoints) {
        if (endpoints.isEmpty() || endpoints.size() > Failover.ENDPOINTS_MAX) {
            throw new IllegalArgumentException(
                    endpoints.size()
                            + " endpoints are not 1 to "
                            + Failover.ENDPOINTS_MAX
                            + ": name those of one service, or the proxy before them");
        }
        endpoints.forEach(Endpoints::check);
        Set<URI> distinct = new HashSet<>();
        for (URI endpoint : endpoints) {
            if (!distinct.add(endpoint)) {
                throw wrong(endpoint, "it is there twice: name each once");
            }
        }
        return List.copyOf(endpoints);
    }

    /// {@return them, for people}
    public static String names(List<URI> endpoints) {
        return endpoints.stream().map(URI::toString).collect(Collectors.joining(", "));
    }

    /// Does nothing when this can be the address of a service.
    ///
    /// @throws IllegalArgumentException when the credential must not be sent there, or it is no
    ///   address of a service
    public static void check(URI endpoint) {
        // First, and without showing the address: there may be a password in it.
        if (String.valueOf(endpoint.getRawAuthority()).contains("@")) {
            throw new IllegalArgumentException(
                    "the endpoint holds a user's name or password: leave it out, and hand"
                            + " credentials over with credentials(…)");
        }
        if (endpoint.getScheme() == null || endpoint.getHost() == null) {
            throw wrong(
                    endpoint,
                    "it names no scheme or no host: write it as https://play.example.org");
        }
        if (endpoint.getRawQuery() != null || endpoint.getRawFragment() != null) {
            throw wrong(endpoint, "it has a query or fragment: leave them out");
        }
        if ((endpoint.getRawPath() + "/").contains(RESOURCES)) {
            throw wrong(endpoint, "what begins with " + RESOURCES + " is added: leave it out");
        }
        checkScheme(endpoint);
    }

    private static void checkScheme(URI endpoint) {
        String scheme = endpoint.getScheme().toLowerCase(Locale.ROOT);
        String host = endpoint.getHost().toLowerCase(Locale.ROOT);
        switch (scheme) {
            case "https" -> {}
            case "http" -> {
                if (!LOOPBACK.matcher(host).matches()) {
                    throw wrong(
                            endpoint,
                            "plain http would show credential and token to the network, so it is"
                                    + " for loopback only: use https");
                }
            }
            default -> throw wrong(endpoint, "its scheme is '" + scheme + "': use https");
        }
    }

    private static IllegalArgumentException wrong(URI endpoint, String problem) {
        return new IllegalArgumentException("endpoint " + endpoint + ": " + problem);
    }

    /// {@return the address of a resource of the service}
    ///
    /// @param endpoint which was checked
    /// @param name for example `connect-token`
    public static URI resource(URI endpoint, String name) {
        String base = endpoint.toString();
        return URI.create(
                (base.endsWith("/") ? base.substring(0, base.length() - 1) : base)
                        + RESOURCES
                        + name);
    }
}
