package dev.hawser.netcode;

import dev.hawser.Attempt;
import dev.hawser.protocol.Drop;
import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.transport.SendFailure;
import dev.hawser.transport.Transport;
import dev.hawser.transport.TransportStats;
import java.lang.System.Logger;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What a client notices of its own side of the network: since an attempt to connect began, and
/// since nothing was heard. So a timeout can name a network that is gone, and a connection that
/// survives it goes on by another socket.
final class NetworkWatch {
    /// A server sends ten times a second at least, and no timeout is shorter than a second. What a
    /// transport has done is asked for where nothing came for this long, and not with each packet.
    private static final long SILENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Transport transport;
    private final ClientMachine machine;
    private final Logger logger;
    private Mark begin;

    /// Of the present silence; null while there is none.
    private @Nullable Mark silence;

    /// In the present silence: while there is no network there is another socket each second.
    private boolean hasSaidReopened;

    private record Mark(TransportStats stats, long packetsFromElsewhere) {}

    NetworkWatch(Transport transport, ClientMachine machine, Logger logger) {
        this.transport = transport;
        this.machine = machine;
        this.logger = logger;
        begin = new Mark(TransportStats.NONE, 0);
    }

    /// An attempt to connect begins.
    void begin() {
        begin = mark();
        silence = null;
    }

    /// Once an update, when what came in has been received and nothing is sent yet.
    void look(long nowNanos) {
        boolean isSilent = machine.silenceNanos(nowNanos) > SILENCE_NANOS;
        if (!isSilent) {
            silence = null;
            hasSaidReopened = false;
        } else if (silence == null) {
            silence = mark();
        }
    }

    /// Has the transport take another socket where the present one fails, and the connection can
    /// follow: when it asks for its path, so that nothing gets through. An attempt cannot, once a
    /// server may have heard of it, since a token is good for one address until it has led to a
    /// connection.
    void followNetwork(long nowNanos) {
        boolean isConnected = machine.state() == ClientState.CONNECTED;
        if ((isConnected ? machine.isProbing() : hasSentNothing()) && transport.reopen(nowNanos)) {
            if (isConnected && !hasSaidReopened) {
                hasSaidReopened = true;
                NetcodeLog.socketReopened(logger, transport);
            }
        }
    }

    private boolean hasSentNothing() {
        return machine.state() == ClientState.SENDING_CONNECTION_REQUEST
                && transport.stats().packetsOut() == begin.stats.packetsOut();
    }

    /// {@return what was noticed since the present attempt began}
    Attempt sinceBegin() {
        return since(begin);
    }

    /// {@return what was noticed in the silence that has just ended the connection}
    Attempt inSilence() {
        Mark mark = silence;
        return mark == null ? Attempt.UNKNOWN : since(mark);
    }

    private Attempt since(Mark mark) {
        return between(
                mark.stats,
                transport.stats(),
                transport.lastSendError(),
                packetsFromElsewhere() - mark.packetsFromElsewhere);
    }

    /// {@return what a transport has done between two snapshots}
    static Attempt between(
            TransportStats before,
            TransportStats after,
            String lastSendError,
            long packetsFromElsewhere) {
        Map<SendFailure, Long> failures = new EnumMap<>(SendFailure.class);
        after.sendFailures()
                .forEach((failure, count) -> {
                    long present = count - before.sendFailures().getOrDefault(failure, 0L);
                    if (present > 0) {
                        failures.put(failure, present);
                    }
                });
        return new Attempt(
                after.packetsOut() - before.packetsOut(),
                failures,
                failures.isEmpty() ? "" : lastSendError,
                packetsFromElsewhere);
    }

    private Mark mark() {
        return new Mark(transport.stats(), packetsFromElsewhere());
    }

    private long packetsFromElsewhere() {
        return machine.drops().count(Drop.WRONG_ADDRESS);
    }
}
