package dev.hawser.transport;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// The counters behind [TransportStats]. Written by the thread that uses the transport; other
/// threads see each at some recent value.
final class TransportCounters {
    private static final SendFailure[] FAILURES = SendFailure.values();

    private long packetsIn;
    private long bytesIn;
    private long packetsOut;
    private long bytesOut;
    private long oversizePackets;
    private long receiveErrors;
    private long socketReopenings;

    /// Whoever asks the system adds what it says.
    private final AtomicLong receiveBufferDrops = new AtomicLong();

    private final long[] sendFailures = new long[FAILURES.length];
    private String lastSendError = "";

    /// Whether the latest packet found no way out.
    private boolean isCutOff;

    void received(int bytes) {
        packetsIn++;
        bytesIn += bytes;
    }

    void sent(int bytes) {
        packetsOut++;
        bytesOut += bytes;
        isCutOff = false;
    }

    void oversize() {
        oversizePackets++;
    }

    void receiveError() {
        receiveErrors++;
    }

    void receiveBufferDrops(long more) {
        receiveBufferDrops.addAndGet(more);
    }

    long receiveBufferDrops() {
        return receiveBufferDrops.get();
    }

    void socketReopened() {
        socketReopenings++;
        isCutOff = false;
    }

    void notSent(SendFailure failure) {
        sendFailures[failure.ordinal()]++;
        isCutOff |= isOfSocket(failure);
    }

    /// Whether another socket may send what this one could not: not where the packet, a full buffer
    /// or a firewall is in the way, or nobody opened one.
    private static boolean isOfSocket(SendFailure failure) {
        return switch (failure) {
            case UNREACHABLE, OTHER -> true;
            case BUFFER_FULL, TOO_LARGE, NOT_PERMITTED, CLOSED -> false;
        };
    }

    /// {@return whether no packet has left since one found no way out}
    boolean isCutOff() {
        return isCutOff;
    }

    /// @param said what the system said
    void notSent(SendFailure failure, String said) {
        notSent(failure);
        lastSendError = said;
    }

    /// {@return what the system said of the latest packet that it did not send; empty before that}
    String lastSendError() {
        return lastSendError;
    }

    TransportStats snapshot() {
        Map<SendFailure, Long> failures = new EnumMap<>(SendFailure.class);
        for (SendFailure failure : FAILURES) {
            if (sendFailures[failure.ordinal()] > 0) {
                failures.put(failure, sendFailures[failure.ordinal()]);
            }
        }
        return new TransportStats(
                packetsIn,
                bytesIn,
                packetsOut,
                bytesOut,
                oversizePackets,
                receiveErrors,
                receiveBufferDrops.get(),
                socketReopenings,
                failures);
    }
}
