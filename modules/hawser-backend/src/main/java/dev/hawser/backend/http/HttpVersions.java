package dev.hawser.backend.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataReader.InsufficientDataAvailableException;
import io.helidon.webserver.CloseConnectionException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The bytes of one connection as the web server reads them, which knows HTTP/1.1 only: what begins
/// as HTTP/1.0 (RFC 1945), as proxies and health checks do, reads as HTTP/1.1 with one request.
///
/// The answer is one of HTTP/1.1, which whoever speaks HTTP/1.0 has to understand (RFC 9110,
/// section 2.5; RFC 9112, section 2.3), and says that the connection closes. What is ambiguous (a
/// `Transfer-Encoding`, folded lines) is left as it came, and the web server refuses the version.
public final class HttpVersions implements Supplier<byte @Nullable []> {
    private static final String HTTP_1_0 = " HTTP/1.0";
    private static final String HTTP_1_1 = " HTTP/1.1";

    /// Of these, HTTP/1.0 knows nothing, or has to be heeded not at all (RFC 9110, section 10.1.1).
    private static final Set<String> LEFT_OUT =
            Set.of("connection", "keep-alive", "proxy-connection", "expect", "upgrade");

    private final DataReader source;
    private final int headBytesMax;
    private final long requestBytesMax;
    private boolean hasBegun;
    private long requestBytes;

    /// A reader of what a connection sends.
    ///
    /// @param headBytesMax of a first line with its headers; what is longer is not looked at
    /// @param requestBytesMax of one request, with all that it is wrapped in
    public HttpVersions(DataReader source, int headBytesMax, long requestBytesMax) {
        this.source = source;
        this.headBytesMax = headBytesMax;
        this.requestBytesMax = requestBytesMax;
    }

    /// The first line of a request has been read.
    public void requestBegins() {
        requestBytes = 0;
    }

    /// {@return what comes next, null at the end}
    @Override
    public byte @Nullable [] get() {
        if (hasBegun) {
            return next();
        }
        hasBegun = true;
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (true) {
            byte[] bytes = next();
            if (bytes == null) {
                return head.size() == 0 ? null : head.toByteArray();
            }
            head.writeBytes(bytes);
            if (!hasLineEnd(bytes) && head.size() <= headBytesMax) {
                continue;
            }
            String text = head.toString(StandardCharsets.ISO_8859_1);
            int lineEnd = text.indexOf("\r\n");
            boolean isOther =
                    lineEnd >= 0
                            ? !text.startsWith(HTTP_1_0, lineEnd - HTTP_1_0.length())
                            : text.indexOf('\n') >= 0;
            int end = text.indexOf("\r\n\r\n");
            if (isOther || head.size() > headBytesMax) {
                return head.toByteArray();
            }
            if (lineEnd >= 0 && end >= 0) {
                String rest = text.substring(end);
                return (translated(text.substring(0, end)) + rest)
                        .getBytes(StandardCharsets.ISO_8859_1);
            }
        }
    }

    private static boolean hasLineEnd(byte[] bytes) {
        for (byte each : bytes) {
            if (each == '\n') {
                return true;
            }
        }
        return false;
    }

    private byte @Nullable [] next() {
        byte[] bytes;
        try {
            bytes = source.readBuffer().readBytes();
        } catch (InsufficientDataAvailableException e) {
            return null;
        }
        requestBytes += bytes.length;
        if (requestBytes > requestBytesMax) {
            throw new CloseConnectionException("a request of more than " + requestBytesMax);
        }
        return bytes;
    }

    /// @param head without the empty line at its end
    private static String translated(String head) {
        List<String> lines = List.of(head.split("\r\n", -1));
        StringBuilder text = new StringBuilder(head.length() + 64);
        String first = lines.getFirst();
        text.append(first, 0, first.length() - HTTP_1_0.length()).append(HTTP_1_1);
        boolean hasHost = false;
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            String name = colon < 0 ? "" : line.substring(0, colon).toLowerCase(Locale.ROOT);
            if (line.startsWith(" ") || line.startsWith("\t") || name.equals("transfer-encoding")) {
                return head;
            }
            hasHost |= name.equals("host");
            if (!LEFT_OUT.contains(name)) {
                text.append("\r\n").append(line);
            }
        }
        if (!hasHost) {
            // Nobody looks at it; HTTP/1.1 must have one.
            text.append("\r\nHost: localhost");
        }
        return text.append("\r\nConnection: close").toString();
    }
}
