package dev.hawser.online.agones;

import dev.hawser.online.http.BadAnswerException;
import dev.hawser.online.http.Json;
import dev.hawser.online.http.NoAnswer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The REST interface of the sidecar that Agones puts beside a game server, on loopback. Methods
/// block: they are for virtual threads, and end when theirs is interrupted.
///
/// What the sidecar does was read in its source (`pkg/sdkserver`, and the grpc-gateway before it):
/// it needs a body, be it empty JSON, and answers 400 to a health report without one; it answers
/// `{}` when a request is queued, before Kubernetes has heard of it; errors are the status of gRPC
/// as JSON with `message`.
final class Sidecar implements AutoCloseable {
    /// Until the first answer the sidecar may wait for Kubernetes.
    private static final Duration WATCH_TIMEOUT = Duration.ofSeconds(30);

    /// Of errors, and of answers that say nothing.
    private static final int SHORT_BYTES_MAX = 16 << 10;

    private final URI endpoint;
    private final Duration requestTimeout;
    private final ExecutorService threads;
    private final HttpClient http;

    Sidecar(int port, Duration requestTimeout) {
        endpoint = URI.create("http://localhost:" + port);
        this.requestTimeout = requestTimeout;
        threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("hawser-agones-http-", 0).factory());
        http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        // What others are to be reached by, the sidecar is not.
                        .proxy(HttpClient.Builder.NO_PROXY)
                        .connectTimeout(requestTimeout)
                        .executor(threads)
                        .build();
    }

    URI endpoint() {
        return endpoint;
    }

    /// Has something done.
    void send(String method, String path, String body) throws SidecarException {
        HttpRequest request =
                request(path)
                        .timeout(requestTimeout)
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build();
        exchange(
                request,
                answer -> {
                    // What it says is nothing; read, so that the connection can be used again.
                    answer.readNBytes(SHORT_BYTES_MAX);
                });
    }

    /// {@return what it knows of the game server}
    AgonesGameServer gameServer() throws SidecarException {
        AgonesGameServer[] gameServer = new AgonesGameServer[1];
        HttpRequest request = request("/gameserver").timeout(requestTimeout).GET().build();
        exchange(
                request,
                answer -> {
                    byte[] body = answer.readNBytes(Json.LARGE_BYTES_MAX + 1);
                    if (body.length > Json.LARGE_BYTES_MAX) {
                        throw new BadAnswerException(
                                "its body has more than " + Json.LARGE_BYTES_MAX + " bytes");
                    }
                    gameServer[0] = GameServerReader.read(body, body.length);
                });
        return gameServer[0];
    }

    /// Takes lines, the first at once and one for each change, until the stream ends.
    void watch(LineReader.Lines lines) throws SidecarException {
        HttpRequest request = request("/watch/gameserver").timeout(WATCH_TIMEOUT).GET().build();
        exchange(request, answer -> new LineReader(Json.LARGE_BYTES_MAX).read(answer, lines));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(endpoint.resolve(path))
                .header("Content-Type", "application/json")
                .header("User-Agent", "hawser");
    }

    /// Reads an answer.
    @FunctionalInterface
    private interface Reading {
        void read(InputStream answer) throws IOException, BadAnswerException, SidecarException;
    }

    private void exchange(HttpRequest request, Reading reading) throws SidecarException {
        int status = 0;
        try {
            HttpResponse<InputStream> response =
                    http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            status = response.statusCode();
            try (InputStream body = response.body()) {
                if (status != 200) {
                    byte[] error = body.readNBytes(SHORT_BYTES_MAX);
                    String said = GameServerReader.readError(error, error.length);
                    throw new SidecarException(
                            status,
                            "it answered "
                                    + status
                                    + (said.isEmpty() ? "" : ", saying \"" + said + "\""));
                }
                reading.read(body);
            }
        } catch (BadAnswerException e) {
            throw new SidecarException(status, "its answer is not understood: " + e.detail());
        } catch (InterruptedException e) {
            throw new SidecarException(
                    0, "no complete answer within " + requestTimeout.toMillis() + " ms");
        } catch (IOException | RuntimeException e) {
            NoAnswer.Attempt attempt =
                    new NoAnswer.Attempt(endpoint, requestTimeout, requestTimeout, "");
            throw new SidecarException(0, NoAnswer.of(e, attempt).detail());
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
        threads.shutdownNow();
    }
}
