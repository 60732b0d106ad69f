package dev.hawser.online.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/// How a service is asked: the credential goes to its address and nowhere else.
public final class Https {
    private static final int CREDENTIAL_CHARACTERS_MAX = 8192;

    private Https() {}

    /// {@return a client that follows no redirects and checks certificate and host name}
    public static HttpClient client(
            SSLContext sslContext, Duration connectTimeout, Executor executor) {
        // The HTTP client checks host names by itself, unless a system property that some other
        // library may have set tells it not to. Said here, it is always checked.
        SSLParameters parameters = new SSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        return HttpClient.newBuilder()
                // One small request now and then gains nothing from a second protocol.
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout)
                .sslContext(sslContext)
                .sslParameters(parameters)
                .executor(executor)
                .build();
    }

    /// {@return a request for JSON, which lacks its method}
    public static HttpRequest.Builder request(URI resource, String credential) {
        return HttpRequest.newBuilder(resource)
                .header("Authorization", "Bearer " + credential)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, application/problem+json")
                .header("User-Agent", "hawser");
    }

    /// {@return why this cannot be sent as a credential, without a character of it; empty when it
    /// can}
    ///
    /// @param credential null too, since an application's supplier may return that
    public static String problemOf(@Nullable String credential) {
        if (credential == null || credential.isEmpty()) {
            return "its supplier returned none";
        }
        if (credential.length() > CREDENTIAL_CHARACTERS_MAX) {
            return "it has "
                    + credential.length()
                    + " characters, and servers take headers of "
                    + CREDENTIAL_CHARACTERS_MAX
                    + " at most";
        }
        for (int i = 0; i < credential.length(); i++) {
            char character = credential.charAt(i);
            if (character <= ' ' || character > '~') {
                return "its character "
                        + (i + 1)
                        + " is not a visible ASCII character; a line end at the end of a file is"
                        + " not part of it";
            }
        }
        return "";
    }
}
