package dev.hawser.cli.session;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongToIntFunction;
import org.HdrHistogram.Histogram;

/// Payloads whose echoes are compared with them byte by byte: numbered, random behind the number,
/// so that a mangled one, or somebody else's, is told from an echo.
///
/// Small payloads hold only the low bytes of their number; several that are on their way may then
/// be equal, and an echo counts for the oldest.
public final class EchoTraffic {
    private static final int BYTE_MASK = 0xff;

    /// No payload has this number.
    private static final long NONE = -1;

    private final long seed;
    private final LongToIntFunction sizeOf;
    private final Map<Long, Long> sentNanosByNumber = new LinkedHashMap<>();
    private final Histogram roundTrips = newHistogram();
    private long sent;
    private long echoed;
    private long damaged;
    private long lastRoundTripNanos;
    private long forgotten;

    /// @param seed another for each sender
    /// @param sizeOf the size in bytes, 1 or more, of the payload with a number; numbers count from
    ///   0
    public EchoTraffic(long seed, LongToIntFunction sizeOf) {
        this.seed = seed;
        this.sizeOf = sizeOf;
    }

    /// {@return the next payload, which counts as sent}
    public ByteBuffer next(long nowNanos) {
        byte[] payload = payload(sent);
        sentNanosByNumber.put(sent, nowNanos);
        sent++;
        return ByteBuffer.wrap(payload);
    }

    /// Takes what came back, between position and limit.
    ///
    /// @return whether it was the echo of a payload; its time is [#lastRoundTripNanos()]
    public boolean received(long nowNanos, ByteBuffer payload) {
        byte[] bytes = new byte[payload.remaining()];
        payload.get(payload.position(), bytes);
        long number = bytes.length < Long.BYTES ? oldestWith(bytes) : numberIn(bytes);
        Long sentNanos = sentNanosByNumber.get(number);
        if (sentNanos == null || !Arrays.equals(payload(number), bytes)) {
            damaged++;
            return false;
        }
        sentNanosByNumber.remove(number);
        echoed++;
        lastRoundTripNanos = nowNanos - sentNanos;
        roundTrips.recordValue(Math.max(0, lastRoundTripNanos));
        return true;
    }

    private static long numberIn(byte[] bytes) {
        long number = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            number |= (long) (bytes[i] & BYTE_MASK) << (Byte.SIZE * i);
        }
        return number;
    }

    /// {@return the number of the oldest payload on its way that has these bytes, or [#NONE]}
    private long oldestWith(byte[] bytes) {
        for (long number : sentNanosByNumber.keySet()) {
            if (mayBe(number, bytes) && Arrays.equals(payload(number), bytes)) {
                return number;
            }
        }
        return NONE;
    }

    private boolean mayBe(long number, byte[] bytes) {
        return bytes.length > 0
                && (bytes[0] & BYTE_MASK) == (number & BYTE_MASK)
                && bytes.length == sizeOf.applyAsInt(number);
    }

    private byte[] payload(long number) {
        byte[] payload = new byte[sizeOf.applyAsInt(number)];
        new SplittableRandom(seed ^ number).nextBytes(payload);
        for (int i = 0; i < Math.min(Long.BYTES, payload.length); i++) {
            payload[i] = (byte) (number >>> (Byte.SIZE * i));
        }
        return payload;
    }

    public long sent() {
        return sent;
    }

    /// {@return how many came back as they were sent}
    public long echoed() {
        return echoed;
    }

    /// {@return how many have not come back}
    public long missing() {
        return sent - echoed;
    }

    /// {@return how many of those were sent before a time: too long on their way to come still}
    public long missingSince(long nanos) {
        long missing = forgotten;
        for (long sentNanos : sentNanosByNumber.values()) {
            if (sentNanos - nanos >= 0) {
                break;
            }
            missing++;
        }
        return missing;
    }

    /// Waits no longer for what was sent before a time, so that a link that loses much for hours
    /// fills no memory. It stays missing.
    public void forgetBefore(long nanos) {
        Iterator<Long> oldestFirst = sentNanosByNumber.values().iterator();
        while (oldestFirst.hasNext() && oldestFirst.next() - nanos < 0) {
            oldestFirst.remove();
            forgotten++;
        }
    }

    /// {@return how many payloads came that were not the echo of one: changed, or twice, or after
    /// they were forgotten}
    public long damaged() {
        return damaged;
    }

    public long lastRoundTripNanos() {
        return lastRoundTripNanos;
    }

    public Histogram roundTrips() {
        return roundTrips;
    }

    /// {@return an empty histogram of durations in nanoseconds, right to one in a hundred}
    public static Histogram newHistogram() {
        return new Histogram(2);
    }
}
