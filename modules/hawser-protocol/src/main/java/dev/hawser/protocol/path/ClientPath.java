package dev.hawser.protocol.path;

import dev.hawser.protocol.wire.LittleEndian;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/// What a client knows of its path, and when it asks the server for it.
///
/// A client that hears nothing for half a second, is told that nothing of it is heard, or knows
/// that its network has changed, sends path requests until the server confirms one: it *probes*.
/// Without a path id, which only a server gives that knows what to do with it, it never does.
public final class ClientPath {
    /// How long a client hears nothing before it asks.
    public static final long SILENCE_NANOS = 500_000_000;

    private final byte[] resetWord = new byte[Wire.RESET_WORD_BYTES];
    private boolean hasId;
    private long id;

    private boolean isProbing;
    private long requestDueNanos;

    /// Whether a request of this probe has gone out: until then what comes answers an earlier one,
    /// which may have left from another address.
    private boolean hasAsked;

    /// Whether a request of this probe has gone out since anything has opened.
    private boolean isUnanswered;

    private boolean owesResponse;
    private long challenge;

    /// Creates the path of a client that was given no id.
    public ClientPath() {}

    /// Takes id and reset word, which stay the same for the whole connection.
    ///
    /// @param offset of the id in a keep-alive, which the word follows
    public void learn(ByteBuffer body, int offset) {
        hasId = true;
        id = LittleEndian.getLong(body, offset);
        body.get(offset + Wire.PATH_ID_BYTES, resetWord);
    }

    /// {@return whether the server has given this client a path id}
    public boolean isKnown() {
        return hasId;
    }

    /// {@return the path id}
    public long id() {
        return id;
    }

    /// {@return whether this client asks the server for its path}
    public boolean isProbing() {
        return isProbing;
    }

    /// Begins to ask, at once.
    public void probe(long nowNanos) {
        if (hasId) {
            isProbing = true;
            hasAsked = false;
            isUnanswered = false;
            requestDueNanos = nowNanos;
        }
    }

    /// {@return whether a request is due}
    public boolean isRequestDue(long nowNanos) {
        return isProbing && requestDueNanos - nowNanos <= 0;
    }

    /// {@return when the next request is due, while it probes}
    public long requestDueNanos() {
        return requestDueNanos;
    }

    /// Takes note that a request goes out.
    public void requestSent(long nowNanos) {
        hasAsked = true;
        isUnanswered = true;
        requestDueNanos = nowNanos + Wire.SEND_INTERVAL_NANOS;
    }

    /// Takes note of a packet that has opened: the server has this connection.
    public void opened() {
        isUnanswered = false;
    }

    /// Takes a path answer.
    ///
    /// @return whether it means something in the present state
    public boolean answered(long nowNanos, long answer) {
        if (answer == PathAnswer.NOTHING_HEARD) {
            if (!isProbing) {
                probe(nowNanos);
            }
            return hasId;
        }
        if (!isProbing || !hasAsked) {
            return false;
        }
        if (answer == PathAnswer.CONFIRMED) {
            isProbing = false;
            owesResponse = false;
        } else {
            owesResponse = true;
            challenge = answer;
        }
        return true;
    }

    /// {@return whether a challenge waits for its response}
    public boolean owesResponse() {
        return owesResponse;
    }

    /// {@return the challenge that a response goes out for}
    public long takeChallenge() {
        owesResponse = false;
        return challenge;
    }

    /// {@return whether the server says that it no longer has this connection, and this client
    /// believes it: while it probes, and only as long as nothing has come since its latest request
    /// that shows that the server has it}
    ///
    /// @param packet a whole reset packet between position and limit
    public boolean isReset(ByteBuffer packet) {
        if (!isProbing || !isUnanswered) {
            return false;
        }
        byte[] word = new byte[Wire.RESET_WORD_BYTES];
        packet.get(packet.position() + 1, word);
        return MessageDigest.isEqual(word, resetWord);
    }

    /// Overwrites the reset word with zeros.
    public void erase() {
        Arrays.fill(resetWord, (byte) 0);
        hasId = false;
        isProbing = false;
    }
}
