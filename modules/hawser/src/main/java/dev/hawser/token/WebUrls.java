package dev.hawser.token;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where a game server is reached besides UDP: by browsers, and by Java clients where UDP does not
/// pass.
///
/// A URL is absolute, names a host, has no user's name or password and no fragment, and consists of
/// at most 256 characters of printable ASCII.
///
/// @param webTransport `https`, since WebTransport always has TLS; null where there is none
/// @param webSocket `wss`, or `ws` for pages that came over plain HTTP; null where there is none
public record WebUrls(@Nullable URI webTransport, @Nullable URI webSocket) {
    /// The longest URL, in characters.
    public static final int URL_LENGTH_MAX = 256;

    /// The most certificates that browsers are told of for one server: the present one, the next,
    /// and some to spare.
    public static final int CERTIFICATES_MAX = 8;

    /// Of a server that takes UDP only.
    public static final WebUrls NONE = new WebUrls(null, null);

    private static final Set<String> WEB_TRANSPORT_SCHEMES = Set.of("https");
    private static final Set<String> WEB_SOCKET_SCHEMES = Set.of("wss", "ws");
    private static final Pattern DEFAULT_PORT = Pattern.compile("http://.*:80|https://.*:443");
    private static final int PORT_MAX = 65535;

    /// Checks both.
    ///
    /// @throws IllegalArgumentException when one is no such URL; the message begins with its name,
    ///   `webTransport` or `webSocket`
    public WebUrls {
        check("webTransport", webTransport, WEB_TRANSPORT_SCHEMES);
        check("webSocket", webSocket, WEB_SOCKET_SCHEMES);
    }

    /// {@return the URLs that these texts are}
    ///
    /// @param webTransport null or empty where there is none
    /// @param webSocket null or empty where there is none
    /// @throws IllegalArgumentException as the constructor, and when one is no URL at all
    public static WebUrls parse(@Nullable String webTransport, @Nullable String webSocket) {
        return new WebUrls(
                uri("webTransport", webTransport, WEB_TRANSPORT_SCHEMES),
                uri("webSocket", webSocket, WEB_SOCKET_SCHEMES));
    }

    /// {@return whether there is no URL}
    public boolean isEmpty() {
        return webTransport == null && webSocket == null;
    }

    /// Does nothing when a browser may write this as the site of a page.
    ///
    /// @param origin for example `https://play.example.org`
    /// @throws IllegalArgumentException when it is never that of a page; the message says what to
    ///   write
    public static void checkOrigin(String origin) {
        String remedy = "";
        try {
            URI uri = new URI(origin);
            boolean isBare =
                    uri.getScheme() != null
                            && uri.getHost() != null
                            && origin.equals(uri.getScheme() + "://" + uri.getRawAuthority())
                            && uri.getRawUserInfo() == null;
            if (!isBare || !origin.chars().allMatch(c -> c <= '~' && !isUpperCase(c))) {
                remedy = "write scheme, host and port only, in lower case, as https://example.org";
            } else if (DEFAULT_PORT.matcher(origin).matches()) {
                remedy = "leave out the port, as browsers do";
            }
        } catch (URISyntaxException e) {
            remedy = "write it as https://example.org";
        }
        if (!remedy.isEmpty()) {
            throw new IllegalArgumentException(
                    "the allowed origin '" + origin + "' is never that of a page: " + remedy);
        }
    }

    private static boolean isUpperCase(int character) {
        return character >= 'A' && character <= 'Z';
    }

    private static @Nullable URI uri(String name, @Nullable String text, Set<String> schemes) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        checkLength(name, text);
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(name + " is no URL: " + like(schemes));
        }
    }

    private static void check(String name, @Nullable URI url, Set<String> schemes) {
        if (url == null) {
            return;
        }
        String text = url.toString();
        checkLength(name, text);
        // Before anything that shows the URL: there may be a password in it.
        if (String.valueOf(url.getRawAuthority()).contains("@")) {
            throw new IllegalArgumentException(
                    name
                            + " holds a user's name or password, which everybody would see: leave it"
                            + " out");
        }
        if (!text.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw new IllegalArgumentException(
                    name + " has characters beyond printable ASCII: write them with % or punycode");
        }
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        if (!schemes.contains(scheme) || url.getHost() == null) {
            throw new IllegalArgumentException(name + " is '" + text + "': " + like(schemes));
        }
        if (url.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    name
                            + " is '"
                            + text
                            + "', but a fragment (#) reaches no server: leave it out");
        }
        if (url.getPort() == 0 || url.getPort() > PORT_MAX) {
            throw new IllegalArgumentException(
                    name
                            + " has port "
                            + url.getPort()
                            + ", but must have one from 1 to "
                            + PORT_MAX);
        }
    }

    private static void checkLength(String name, String text) {
        if (text.length() > URL_LENGTH_MAX) {
            throw new IllegalArgumentException(
                    name
                            + " has "
                            + text.length()
                            + " characters, but must have at most "
                            + URL_LENGTH_MAX
                            + ": choose a shorter path");
        }
    }

    private static String like(Set<String> schemes) {
        return schemes.contains("https")
                ? "write it as https://play.example.org:7778/hawser"
                : "write it as wss://play.example.org:7778/hawser, or ws://…";
    }
}
