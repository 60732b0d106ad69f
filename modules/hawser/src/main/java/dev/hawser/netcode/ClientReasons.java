package dev.hawser.netcode;

import dev.hawser.DisconnectReason;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.token.ConnectTokenInfo;
import dev.hawser.transport.TransportFailure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Why a client's attempt or connection has ended, from what the token promised, what the transport
/// said meanwhile, and how the machine ended. One thread.
final class ClientReasons {
    private final ClientMachine machine;
    private final NetworkWatch watch;

    /// Of the token that was connected with last.
    private @Nullable ConnectTokenInfo token;

    /// Of the present or the last attempt: one for each server that the transport did not reach.
    private final List<TransportFailure> unreached = new ArrayList<>();

    /// How the transport ended the last connection, if it did.
    private @Nullable TransportFailure closure;

    ClientReasons(ClientMachine machine, NetworkWatch watch) {
        this.machine = machine;
        this.watch = watch;
    }

    /// An attempt begins.
    void begin(ConnectTokenInfo token) {
        this.token = token;
        unreached.clear();
        closure = null;
    }

    /// The transport did not reach a server.
    void unreached(TransportFailure failure) {
        unreached.add(failure);
    }

    /// The transport ended the connection.
    void closed(TransportFailure failure) {
        closure = failure;
    }

    /// {@return why the machine has left the active states by itself}
    DisconnectReason of(ClientState ending) {
        ConnectTokenInfo token = this.token;
        if (token == null) {
            return new DisconnectReason.NeverConnected();
        }
        int timeoutSeconds = Math.max(0, token.timeoutSeconds());
        return switch (ending) {
            case CONNECT_TOKEN_EXPIRED ->
                    new DisconnectReason.TokenExpired(
                            token.expireTimestamp() - token.createTimestamp());
            case CONNECTION_TIMED_OUT ->
                    closure == null
                            ? new DisconnectReason.TimedOut(
                                    timeoutSeconds, pausedMillis(timeoutSeconds), watch.inSilence())
                            : new DisconnectReason.TransportClosed(closure);
            case CONNECTION_RESPONSE_TIMED_OUT, CONNECTION_REQUEST_TIMED_OUT ->
                    notConnected(ending, token.servers(), timeoutSeconds);
            case CONNECTION_DENIED -> new DisconnectReason.Denied(machine.statedReason());
            case INVALID_CONNECT_TOKEN ->
                    new DisconnectReason.TokenInvalid("it was changed while it was read");
            default -> ended(timeoutSeconds);
        };
    }

    private DisconnectReason ended(int timeoutSeconds) {
        if (machine.isForgotten()) {
            return new DisconnectReason.ForgottenByServer(pausedMillis(timeoutSeconds));
        }
        return machine.hasUsedUpSequence()
                ? new DisconnectReason.SequenceExhausted()
                : DisconnectReason.endedByServer(machine.statedReason());
    }

    private DisconnectReason notConnected(
            ClientState ending, List<NetAddress> servers, int timeoutSeconds) {
        if (unreached.size() == servers.size()) {
            return new DisconnectReason.ServerUnreachable(unreached);
        }
        return ending == ClientState.CONNECTION_RESPONSE_TIMED_OUT
                ? new DisconnectReason.ResponseTimedOut(
                        servers, timeoutSeconds, pausedMillis(timeoutSeconds), watch.inSilence())
                : new DisconnectReason.RequestTimedOut(
                        servers,
                        timeoutSeconds,
                        pausedMillis(timeoutSeconds),
                        unreached,
                        watch.sinceBegin());
    }

    private long pausedMillis(int timeoutSeconds) {
        return Reasons.pausedMillis(machine.pausedNanos(), timeoutSeconds);
    }
}
