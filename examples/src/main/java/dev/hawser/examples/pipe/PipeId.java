package dev.hawser.examples.pipe;

import dev.hawser.ClientId;

/// Who a client of a [PipeServer] is. A kind of connection has ids of its own: `pipe:1` and
/// `local:1` are two clients.
///
/// @param value unsigned
public record PipeId(long value) implements ClientId {
    @Override
    public String toString() {
        return "pipe:" + Long.toUnsignedString(value);
    }
}
