package dev.hawser.token;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/// Which addresses a service may have.
final class Endpoints {
    private static final String RESOURCE = "/v1/connect-token";

    /// By its writing, not by a look-up: whoever answers look-ups could say anything.
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[(::1|0:0:0:0:0:0:0:1)]");

    private Endpoints() {}

    /// @throws IllegalArgumentException when the credential must not be sent there, or it is no
    ///   address of a service
    static void check(URI endpoint) {
        // First, and without showing the address: there may be a password in it.
        if (endpoint.getRawUserInfo() != null) {
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
        if (endpoint.getRawPath().endsWith(RESOURCE)) {
            throw wrong(endpoint, RESOURCE + " is added by the client: leave it out");
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

    /// {@return what connect tokens are asked of}
    static URI resource(URI endpoint) {
        String base = endpoint.toString();
        return URI.create(
                (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + RESOURCE);
    }
}
