package dev.hawser.online.agones;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Cuts a stream into lines. A line that is too long is passed over without being kept, so that a
/// stream cannot take more memory than one line may.
final class LineReader {
    private static final int BYTES_AT_FIRST = 8 << 10;

    private final int lineBytesMax;
    private final byte[] chunk = new byte[BYTES_AT_FIRST];
    private byte[] line = new byte[BYTES_AT_FIRST];
    private int length;
    private boolean isTooLong;

    LineReader(int lineBytesMax) {
        this.lineBytesMax = lineBytesMax;
    }

    /// Takes lines.
    interface Lines {
        /// Takes one line, without its end; the array is lent.
        void take(byte[] line, int length) throws SidecarException;

        /// A line had more bytes than it may have.
        void refuse();
    }

    /// Reads until the stream ends; what follows the last line end is no line.
    void read(InputStream stream, Lines lines) throws IOException, SidecarException {
        int read;
        while ((read = stream.read(chunk)) >= 0) {
            int from = 0;
            for (int i = 0; i < read; i++) {
                if (chunk[i] == '\n') {
                    append(from, i);
                    end(lines);
                    from = i + 1;
                }
            }
            append(from, read);
        }
    }

    private void append(int from, int to) {
        int bytes = to - from;
        if (bytes > lineBytesMax - length) {
            isTooLong = true;
        }
        if (isTooLong) {
            return;
        }
        if (bytes > line.length - length) {
            int doubled = Math.min(line.length * 2, lineBytesMax);
            line = Arrays.copyOf(line, Math.max(doubled, length + bytes));
        }
        System.arraycopy(chunk, from, line, length, bytes);
        length += bytes;
    }

    private void end(Lines lines) throws SidecarException {
        boolean wasTooLong = isTooLong;
        int lineLength = length;
        isTooLong = false;
        length = 0;
        if (wasTooLong) {
            line = new byte[BYTES_AT_FIRST];
            lines.refuse();
        } else if (lineLength > 0) {
            lines.take(line, lineLength);
        }
    }
}
