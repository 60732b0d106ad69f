package dev.hawser.backend.http;

import dev.hawser.token.WebUrls;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which web pages, besides those that come from the service's own address, may ask for tokens:
/// CORS, as the Fetch standard has it.
///
/// It is the browser that keeps other pages out; whoever is no browser says of itself what it
/// likes.
public final class CrossOrigin {
    /// The most origins that can be named.
    public static final int ORIGINS_MAX = 64;

    private static final String EVERY = "*";

    /// For how long a browser need not ask again.
    private static final int MAX_AGE_SECONDS = 600;

    private final Set<String> origins;

    /// The rule for pages of these sites.
    ///
    /// @param origins each `https://game.example.org` or the like, as browsers write it; or `*`
    /// @throws IllegalArgumentException when one is something else, or there are too many
    public CrossOrigin(Set<String> origins) {
        if (origins.size() > ORIGINS_MAX) {
            throw new IllegalArgumentException(
                    origins.size()
                            + " allowed origins, but there can be "
                            + ORIGINS_MAX
                            + " at most: allow '*', or serve the pages from fewer");
        }
        origins.forEach(CrossOrigin::check);
        if (origins.contains(EVERY) && origins.size() > 1) {
            throw new IllegalArgumentException(
                    "the allowed origins "
                            + origins
                            + " hold '*', beside which no other counts: name '*' alone, or leave it"
                            + " out");
        }
        this.origins = Set.copyOf(origins);
    }

    private static void check(String origin) {
        if (!origin.equals(EVERY)) {
            WebUrls.checkOrigin(origin);
        }
    }

    /// {@return the headers that an answer gets, whatever it is}
    ///
    /// @param origin what the request says of its page; null where it says nothing
    public Map<String, String> headers(String method, String path, @Nullable String origin) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (origins.isEmpty() || !path.equals(TokenEndpoints.TOKEN_PATH)) {
            return headers;
        }
        boolean isForEverybody = origins.contains(EVERY);
        if (!isForEverybody) {
            // A cache must not give one page what another one was told.
            headers.put("Vary", "Origin");
        }
        if (origin == null || !(isForEverybody || origins.contains(origin))) {
            return headers;
        }
        headers.put("Access-Control-Allow-Origin", isForEverybody ? EVERY : origin);
        if (method.equals("OPTIONS")) {
            headers.put("Access-Control-Allow-Methods", "POST");
            headers.put("Access-Control-Allow-Headers", "Authorization, Content-Type");
            headers.put("Access-Control-Max-Age", Integer.toString(MAX_AGE_SECONDS));
        } else {
            headers.put("Access-Control-Expose-Headers", "Retry-After");
        }
        return headers;
    }
}
