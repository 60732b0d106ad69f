package dev.hawser.backend.problem;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Why a request gets no answer: problem details (RFC 9457), thrown to whoever writes the response.
///
/// What it says is for the caller, who may be anybody: nothing of the inside, nothing that the
/// request did not hold anyway.
@SuppressWarnings("serial") // Never leaves the process.
public final class Problem extends RuntimeException {
    private static final String TYPE = "https://hawser.dev/problems/";

    /// The name of a refusal by limit.
    public static final String TOO_MANY = "too-many-requests";

    private static final int RETRY_SECONDS_MAX = 3600;

    public final int status;
    private final String name;
    private final String title;
    public final @Nullable String field;

    /// 0 where trying again later would not help.
    public final int retryAfterSeconds;

    /// Of a 405: the methods that there are.
    public final @Nullable String allow;

    /// Of who is banned: why.
    private @Nullable String why;

    /// Of who is banned: until when, in Unix seconds; 0 for ever.
    private long until;

    private Problem(
            int status,
            String name,
            String title,
            String detail,
            @Nullable String field,
            int retryAfterSeconds,
            @Nullable String allow) {
        super(detail, null, false, false);
        this.status = status;
        this.name = name;
        this.title = title;
        this.field = field;
        this.retryAfterSeconds = retryAfterSeconds;
        this.allow = allow;
    }

    private static Problem of(int status, String name, String title, String detail) {
        return new Problem(status, name, title, detail, null, 0, null);
    }

    private static Problem later(
            int status, String name, String title, String detail, int seconds) {
        return new Problem(status, name, title, detail, null, seconds, null);
    }

    /// What is not well-formed.
    ///
    /// @param field which member or header is wrong; null when it is the whole
    public static Problem invalid(@Nullable String field, String detail) {
        return new Problem(400, "invalid-request", "Invalid request", detail, field, 0, null);
    }

    public static Problem notAuthenticated() {
        return of(
                401,
                "not-authenticated",
                "Not authenticated",
                "The credential is missing, wrong or has expired: log in again.");
    }

    public static Problem notAllowed(String detail) {
        return of(403, "not-allowed", "Not allowed", detail);
    }

    /// Who may not play, whatever the game says.
    ///
    /// @param why for the player; may be empty
    /// @param until in Unix seconds; 0 for ever
    public static Problem banned(String why, long until) {
        String end = until == 0 ? "" : " until " + Instant.ofEpochSecond(until);
        Problem problem =
                of(
                        403,
                        "banned",
                        "Banned",
                        "This player is banned" + end + (why.isEmpty() ? "." : ": " + why));
        problem.why = why;
        problem.until = until;
        return problem;
    }

    /// What a path names, and nobody knows.
    public static Problem unknown(String name, String detail) {
        return of(404, name, "Not found", detail);
    }

    public static Problem notFound() {
        return of(404, "not-found", "Not found", "There is nothing at this path.");
    }

    public static Problem methodNotAllowed(String allow) {
        return new Problem(
                405,
                "method-not-allowed",
                "Method not allowed",
                "Here there is only " + allow + ".",
                null,
                0,
                allow);
    }

    public static Problem tooLarge(int bytesMax) {
        return of(
                413,
                "too-large",
                "Too large",
                "A request body has at most " + bytesMax + " bytes.");
    }

    public static Problem notJson() {
        return of(
                415,
                "not-json",
                "Unsupported media type",
                "The request body must be application/json, in UTF-8 and not compressed.");
    }

    /// What is well-formed and cannot be done.
    public static Problem unprocessable(String field, String detail) {
        return new Problem(422, "unprocessable", "Unprocessable", detail, field, 0, null);
    }

    public static Problem tooMany(Duration wait) {
        return later(
                429,
                TOO_MANY,
                "Too many requests",
                "Slow down: the header Retry-After says how long to wait.",
                Math.clamp(wait.plusMillis(999).toSeconds(), 1, RETRY_SECONDS_MAX));
    }

    /// Two servers of one name: the other has it.
    public static Problem serverIdTaken(String detail) {
        return of(409, "server-id-taken", "Server id taken", detail);
    }

    public static Problem noServer() {
        return later(
                503, "no-server", "No server free", "No game server has room at the moment.", 5);
    }

    public static Problem unavailable() {
        return unavailable(5);
    }

    public static Problem unavailable(int retryAfterSeconds) {
        return later(
                503,
                "unavailable",
                "Unavailable",
                "The service cannot do this at the moment: try again.",
                retryAfterSeconds);
    }

    public static Problem internal() {
        return of(500, "internal", "Internal error", "The service has failed; its log says how.");
    }

    /// What the web server refuses by itself, before anybody looks at the request.
    public static Problem ofServer(int status) {
        return switch (status) {
            case 404 -> notFound();
            case 413 -> of(413, "too-large", "Too large", "The request is too large.");
            case 414 -> of(414, "too-large", "URI too long", "The request line is too long.");
            case 501 ->
                    of(
                            501,
                            "not-implemented",
                            "Not implemented",
                            "The request has an encoding that the service does not read.");
            case 503 -> unavailable();
            case 505 ->
                    of(
                            505,
                            "http-version",
                            "HTTP version not supported",
                            "The service speaks HTTP/1.1, and HTTP/1.0 with one plain request on a"
                                    + " connection.");
            // All else, also what the web server calls an internal error, is what it could not
            // read: what goes wrong behind it is answered there.
            default -> invalid(null, "The request is not well-formed HTTP/1.1.");
        };
    }

    /// {@return the response body}
    public byte[] toJson() {
        var json = Json.object();
        json.put("type", TYPE + name);
        json.put("title", title);
        json.put("status", status);
        json.put("detail", getMessage());
        if (field != null) {
            json.put("field", field);
        }
        if (why != null) {
            json.put("why", why);
        }
        if (until != 0) {
            json.put("until", until);
        }
        return Json.bytes(json);
    }

    /// {@return one word for logs and figures}
    public String name() {
        return name;
    }
}
