package dev.hawser.token;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// When a service wants to be asked again (RFC 9110, section 10.2.3): in seconds, or as a date.
final class RetryAfter {
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

    private RetryAfter() {}

    /// {@return the seconds from now, not negative; empty where nothing was said that can be read}
    ///
    /// @param nowSeconds of this machine; a date is counted from the answer's own, where it has
    ///   one, so that a wrong clock here does not matter
    static OptionalLong seconds(HttpHeaders headers, long nowSeconds) {
        String text = headers.firstValue("Retry-After").orElse("").strip();
        if (SECONDS.matcher(text).matches()) {
            return OptionalLong.of(Long.parseLong(text));
        }
        OptionalLong until = date(text);
        if (until.isEmpty()) {
            return OptionalLong.empty();
        }
        long from = date(headers.firstValue("Date").orElse("")).orElse(nowSeconds);
        return OptionalLong.of(Math.max(0, until.getAsLong() - from));
    }

    private static OptionalLong date(String text) {
        try {
            return OptionalLong.of(
                    Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text))
                            .getEpochSecond());
        } catch (DateTimeException e) {
            return OptionalLong.empty();
        }
    }
}
