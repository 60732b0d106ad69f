package dev.hawser.online.http;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/// What a service answered, bounded in size. Whatever of it is shown to people is on one line, free
/// of control characters, cut to a limit, and does not repeat a secret.
public final class Answer {
    /// More than three times what the longest answer of a service has.
    public static final int BYTES_MAX = 64 << 10;

    /// What the answer to an announcement may have: as many commands as one brings, with texts in
    /// which every character is escaped.
    public static final int COMMANDS_BYTES_MAX = 256 << 10;

    private static final int TITLE_CHARACTERS_MAX = 120;
    private static final int DETAIL_CHARACTERS_MAX = 300;
    private static final int FIELD_CHARACTERS_MAX = 64;
    private static final int HEADER_CHARACTERS_MAX = 200;
    private static final Pattern SECONDS = Pattern.compile("[0-9]+");
    private static final int SECONDS_DIGITS_MAX = 9;

    private final int status;
    private final HttpHeaders headers;
    private final byte[] body;
    private final int length;
    private final boolean isTooLong;

    /// Made by [AnswerBody].
    ///
    /// @param body with the body at its beginning
    /// @param isTooLong whether there was more of it
    Answer(HttpResponse.ResponseInfo info, byte[] body, int length, boolean isTooLong) {
        status = info.statusCode();
        headers = info.headers();
        this.body = body;
        this.length = length;
        this.isTooLong = isTooLong;
    }

    /// {@return what makes answers of responses}
    public static HttpResponse.BodyHandler<Answer> handler() {
        return handler(BYTES_MAX);
    }

    /// {@return what makes answers of responses}
    ///
    /// @param bytesMax that a body may have, up to [#COMMANDS_BYTES_MAX]
    public static HttpResponse.BodyHandler<Answer> handler(int bytesMax) {
        return info -> new AnswerBody(info, bytesMax);
    }

    /// {@return the status code}
    public int status() {
        return status;
    }

    /// Reads the body of an answer that grants what was asked for.
    ///
    /// @throws BadAnswerException when it is no JSON object, or the members do not like theirs
    public void read(Json.Members members) throws BadAnswerException {
        if (!isOfType("application/json")) {
            throw new BadAnswerException(
                    "its content type is \""
                            + header("Content-Type", "")
                            + "\", not application/json");
        }
        if (isTooLong) {
            throw new BadAnswerException(
                    "its body has more than "
                            + body.length
                            + " bytes, several times what was asked for");
        }
        Json.readObject(body, length, members);
    }

    /// {@return what it says about a refusal (RFC 9457), for people; empty where it says nothing,
    /// or nothing that can be read: the refusal stands all the same}
    ///
    /// @param secret that a careless service or proxy may repeat, and that must not show
    public String said(String secret) {
        if (isTooLong || !isOfType("application/problem+json")) {
            return "";
        }
        Said said = new Said();
        try {
            Json.readObject(body, length, (name, value) -> said.take(name, value, secret));
        } catch (BadAnswerException e) {
            return "";
        }
        return said.text();
    }

    /// {@return when it wants to be asked again (RFC 9110, section 10.2.3), in seconds from now; 0
    /// where it does not say so in a way that can be read}
    ///
    /// @param nowUnixSeconds of this machine; a date is counted from the answer's own, where it has
    ///   one, so that a wrong clock here does not matter
    public long retryAfterSeconds(long nowUnixSeconds) {
        String text = headers.firstValue("Retry-After").orElse("").strip();
        if (SECONDS.matcher(text).matches()) {
            // Longer is no number of seconds that somebody waits, but it does not mean "at once".
            return Long.parseLong(
                    text.length() <= SECONDS_DIGITS_MAX ? text : "9".repeat(SECONDS_DIGITS_MAX));
        }
        long now = date(headers.firstValue("Date").orElse(""), nowUnixSeconds);
        return Math.max(0, date(text, now) - now);
    }

    private static long date(String text, long otherwise) {
        try {
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)).getEpochSecond();
        } catch (DateTimeException e) {
            return otherwise;
        }
    }

    private boolean isOfType(String type) {
        String stated = headers.firstValue("Content-Type").orElse("");
        int end = stated.indexOf(';');
        String bare = end < 0 ? stated : stated.substring(0, end);
        return bare.strip().toLowerCase(Locale.ROOT).equals(type);
    }

    /// {@return the value of a header, for people}
    public String header(String name, String secret) {
        return RemoteText.clean(headers.firstValue(name).orElse(""), HEADER_CHARACTERS_MAX, secret);
    }

    /// Erases the body, in which there may be a token.
    public void erase() {
        Arrays.fill(body, (byte) 0);
    }

    /// The parts of a problem that are for people.
    private static final class Said {
        private String title = "";
        private String detail = "";
        private String field = "";

        void take(String name, Json value, String secret) throws IOException, BadAnswerException {
            switch (name) {
                case "title" -> title = clean(name, value, TITLE_CHARACTERS_MAX, secret);
                case "detail" -> detail = clean(name, value, DETAIL_CHARACTERS_MAX, secret);
                case "field" -> field = clean(name, value, FIELD_CHARACTERS_MAX, secret);
                default -> {
                    // "type" and "status" say nothing that the status line has not said.
                }
            }
        }

        private static String clean(String name, Json value, int charactersMax, String secret)
                throws IOException, BadAnswerException {
            return value.isString()
                    ? RemoteText.clean(value.text(name), charactersMax, secret)
                    : "";
        }

        String text() {
            String what = title + (title.isEmpty() || detail.isEmpty() ? "" : ": ") + detail;
            return field.isEmpty() ? what : (what + " (field " + field + ")").strip();
        }
    }
}
