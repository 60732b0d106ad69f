package dev.hawser.online.fleet;

import dev.hawser.ConnectedClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.ShownToken;
import dev.hawser.protocol.TokenTag;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The connections of a server, by player, and by the token that was shown. What is over is
/// remembered by its token for as long as that could be shown. Of the lock of its [AdmissionDesk].
final class FleetConnections {
    /// So many ids of a millisecond rise without running ahead of the clock.
    private static final int COUNTER_BITS = 16;

    private final LongSupplier unixMillis;
    private final SecureRandom random = new SecureRandom();
    private final Map<Long, List<FleetConnection>> ofClient = new HashMap<>();

    private final Map<TokenTag, Remembered> ofToken = new HashMap<>();

    /// In the order in which they are forgotten; some are there no more.
    private final Deque<Remembered> forgetting = new ArrayDeque<>();

    private long lastHigh;

    private record Remembered(TokenTag tag, FleetConnection connection, long forgetAtNanos) {}

    /// @param unixMillis of the machine, from which the ids of connections begin
    FleetConnections(LongSupplier unixMillis) {
        this.unixMillis = unixMillis;
    }

    /// {@return one that nobody has heard of}
    FleetConnection begin(
            long clientId, NetcodeServer member, ShownToken token, FleetConnection.State state) {
        lastHigh = Math.max(lastHigh + 1, unixMillis.getAsLong() << COUNTER_BITS);
        FleetConnection connection =
                new FleetConnection(
                        new ConnectionId(lastHigh, random.nextLong()),
                        clientId,
                        member,
                        token,
                        state);
        ofClient.computeIfAbsent(clientId, _ -> new ArrayList<>(1)).add(connection);
        return connection;
    }

    /// A connection goes by this token, until then at least.
    void remember(FleetConnection connection, ShownToken token, long forgetAtNanos) {
        Remembered remembered = new Remembered(token.tag(), connection, forgetAtNanos);
        ofToken.put(token.tag(), remembered);
        forgetting.add(remembered);
    }

    /// {@return the connection of a token, also one that is over; or null}
    @Nullable FleetConnection ofToken(TokenTag tag) {
        Remembered remembered = ofToken.get(tag);
        return remembered == null ? null : remembered.connection;
    }

    /// {@return those of a player that are not over, oldest first: a copy}
    List<FleetConnection> ofClient(long clientId) {
        return List.copyOf(ofClient.getOrDefault(clientId, List.of()));
    }

    /// {@return the connection of a handle; or null}
    @SuppressWarnings("ReferenceEquality") // Handles equal nothing but themselves.
    @Nullable FleetConnection of(long clientId, ConnectedClient client) {
        for (FleetConnection connection : ofClient.getOrDefault(clientId, List.of())) {
            if (connection.client == client) {
                return connection;
            }
        }
        return null;
    }

    /// {@return all that are not over}
    Collection<List<FleetConnection>> all() {
        return ofClient.values();
    }

    /// It is over; its token is remembered.
    void end(FleetConnection connection) {
        connection.state = FleetConnection.State.OVER;
        List<FleetConnection> ofPlayer = ofClient.get(connection.clientId);
        if (ofPlayer != null && ofPlayer.remove(connection) && ofPlayer.isEmpty()) {
            ofClient.remove(connection.clientId);
        }
    }

    /// Forgets the tokens that no server takes any more. Costs nothing while there are none.
    void forget(long nowNanos) {
        Remembered first = forgetting.peekFirst();
        while (first != null && first.forgetAtNanos - nowNanos <= 0) {
            ofToken.remove(first.tag, first);
            forgetting.removeFirst();
            first = forgetting.peekFirst();
        }
    }

    /// Forgets everything.
    void clear() {
        ofClient.clear();
        ofToken.clear();
        forgetting.clear();
    }

    /// {@return how many tokens are remembered}
    int tokens() {
        return forgetting.size();
    }

    /// {@return how many players have a connection that is not over}
    int players() {
        return ofClient.size();
    }
}
