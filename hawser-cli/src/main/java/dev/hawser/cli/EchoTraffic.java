package dev.hawser.cli;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongToIntFunction;

/// Payloads whose echoes are compared with them byte by byte: numbered, random behind the number,
/// so that a mangled one, or somebody else's, is told from an echo.
///
/// Small payloads hold only the low bytes of their number; several that are on their way may then
/// be equal, and an echo counts for the oldest.
final class EchoTraffic {
    private static final int BYTE_MASK = 0xff;

    private final long seed;
    private final LongToIntFunction sizeOf;
    private final Map<Long, Long> sentNanosByNumber = new LinkedHashMap<>();
    private final LatencyHistogram roundTrips = new LatencyHistogram();
    private long sent;
    private long echoed;
    private long damaged;
    private long lastRoundTripNanos;

    /// @param seed another for each sender
    /// @param sizeOf the size in bytes, 1 or more, of the payload with a number; numbers count from
    ///   0
    EchoTraffic(long seed, LongToIntFunction sizeOf) {
        this.seed = seed;
        this.sizeOf = sizeOf;
    }

    /// {@return the next payload, which counts as sent}
    ByteBuffer next(long nowNanos) {
        byte[] payload = payload(sent);
        sentNanosByNumber.put(sent, nowNanos);
        sent++;
        return ByteBuffer.wrap(payload);
    }

    /// Takes what came back, between position and limit.
    void received(long nowNanos, ByteBuffer payload) {
        byte[] bytes = new byte[payload.remaining()];
        payload.get(payload.position(), bytes);
        // The oldest first: packets mostly arrive in order, so that is mostly the one.
        Iterator<Map.Entry<Long, Long>> onTheirWay = sentNanosByNumber.entrySet().iterator();
        while (onTheirWay.hasNext()) {
            Map.Entry<Long, Long> candidate = onTheirWay.next();
            long number = candidate.getKey();
            if (mayBe(number, bytes) && Arrays.equals(payload(number), bytes)) {
                onTheirWay.remove();
                echoed++;
                lastRoundTripNanos = nowNanos - candidate.getValue();
                roundTrips.add(lastRoundTripNanos);
                return;
            }
        }
        damaged++;
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

    long sent() {
        return sent;
    }

    /// {@return how many came back as they were sent}
    long echoed() {
        return echoed;
    }

    /// {@return how many have not come back}
    long missing() {
        return sent - echoed;
    }

    /// {@return how many of those were sent before a time: too long on their way to come still}
    long missingSince(long nanos) {
        long missing = 0;
        for (long sentNanos : sentNanosByNumber.values()) {
            if (sentNanos - nanos >= 0) {
                break;
            }
            missing++;
        }
        return missing;
    }

    /// {@return how many payloads came that were not the echo of one: changed, or twice}
    long damaged() {
        return damaged;
    }

    long lastRoundTripNanos() {
        return lastRoundTripNanos;
    }

    LatencyHistogram roundTrips() {
        return roundTrips;
    }
}
