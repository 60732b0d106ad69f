package dev.hawser.tests.soak;

import dev.hawser.ConnectedClient;
import dev.hawser.DisconnectReason;
import dev.hawser.Refusal;
import dev.hawser.protocol.StatedReason;
import java.nio.ByteBuffer;
import java.util.BitSet;

/// One try of a player to be in the game, from its connect on: what both sides have seen of it, and
/// whether that may be so.
final class Visit {
    private static final int KICKED = 1001;
    private static final int LEFT = 1002;
    private static final int REFUSED = 1003;

    /// From 1, in the order in which they began; what its payloads carry.
    final int number;

    final long clientId;
    final boolean isLocal;

    /// Whether its token says that it reads reasons.
    final boolean statesReasons;

    final Fate fate;

    // What the game has seen.
    private int asked;
    private boolean isAccepted;
    private int slots;
    private boolean isSlotEnded;
    boolean isKicked;
    private final BitSet heardByGame = new BitSet();
    int saidByGame;

    // What the player has seen.
    private boolean wasConnected;
    private boolean hasLeft;
    private boolean hasVanished;
    private final BitSet heardByPlayer = new BitSet();
    private final BitSet broadcastsHeard = new BitSet();
    int saidByPlayer;

    Visit(int number, long clientId, boolean isLocal, boolean statesReasons, Fate fate) {
        this.number = number;
        this.clientId = clientId;
        this.isLocal = isLocal;
        this.statesReasons = statesReasons;
        this.fate = fate;
    }

    // ---- What is said

    StatedReason kick() {
        return StatedReason.of(KICKED, "out with " + number);
    }

    StatedReason goodbye() {
        return StatedReason.of(LEFT, "bye from " + number);
    }

    Refusal refusal() {
        return number % 2 == 0 && !isLocal
                ? new Refusal.Custom(REFUSED, "not you, " + number, 7)
                : new Refusal.Banned("out with you, " + number, 60);
    }

    // ---- The game's side

    boolean isInGame() {
        return slots > 0 && !isSlotEnded;
    }

    /// @param serversMax how many it may come to under its token, one after the other
    void asks(int serversMax) {
        asked++;
        check(asked <= serversMax, "asks more often than it has servers");
        check(!wasConnected, "asks, but has been in the game");
    }

    void accepted() {
        isAccepted = true;
    }

    void connects(ConnectedClient client) {
        check(isAccepted, "connects, but was not accepted");
        // A response that is late may take a slot when the player has been denied and has gone on
        // to the next server: that one connects it when the slot without a player has timed out.
        check(slots == 0 || (isSlotEnded && !wasConnected), "connects twice");
        check(client.id().value() == clientId, "has another client id");
        check(client.isLocal() == isLocal, "is of another kind");
        slots++;
        isSlotEnded = false;
    }

    /// {@return whether it had a slot without knowing}
    boolean wasSeatedInVain() {
        return slots > 0 && !wasConnected;
    }

    void saysToGame(ByteBuffer payload) {
        check(isInGame(), "says something while it is not connected");
        heard(payload, number, heardByGame);
    }

    /// @param newest the newest visit of the same player that the game has seen
    void endsAtGame(DisconnectReason reason, Visit newest) {
        check(isInGame(), "ends while it is not connected");
        isSlotEnded = true;
        check(isPlausibleAtGame(reason, newest), "ends at the game with " + reason);
        if (isLocal && reason instanceof DisconnectReason.ClientLeft) {
            check(
                    heardByGame.cardinality() == saidByPlayer,
                    "said something before its goodbye that was lost");
        }
    }

    private boolean isPlausibleAtGame(DisconnectReason reason, Visit newest) {
        return switch (reason) {
            case DisconnectReason.ClientLeft(StatedReason stated) ->
                    hasLeft && isWhatWasSaid(stated, goodbye());
            case DisconnectReason.ServerEnded(StatedReason stated) ->
                    isKicked && stated.equals(kick());
            case DisconnectReason.Replaced() -> newest.number > number;
            // All the goodbyes of one that left may get lost, and one that never knew that it was
            // connected has gone elsewhere.
            case DisconnectReason.TimedOut _ ->
                    !isLocal && (hasVanished || hasLeft || !wasConnected);
            default -> false;
        };
    }

    // ---- The player's side

    void leaves() {
        hasLeft = true;
    }

    void vanishes() {
        hasVanished = true;
    }

    void isConnectedAtPlayer() {
        wasConnected = true;
    }

    boolean wasConnected() {
        return wasConnected;
    }

    void saysToPlayer(ByteBuffer payload) {
        check(isAccepted, "hears something before it is let in");
        wasConnected = true;
        if (NumberedPayload.owner(payload) == NumberedPayload.EVERYBODY) {
            heard(payload, NumberedPayload.EVERYBODY, broadcastsHeard);
        } else {
            heard(payload, number, heardByPlayer);
        }
    }

    /// @param newest the newest visit of the same player
    void endsAtPlayer(DisconnectReason reason, Visit newest) {
        check(isPlausibleAtPlayer(reason, newest), "ends at the player with " + reason);
    }

    private boolean isPlausibleAtPlayer(DisconnectReason reason, Visit newest) {
        return switch (reason) {
            case DisconnectReason.Denied(StatedReason stated) ->
                    isWhatWasSaid(stated, refusal().stated())
                            ? fate.answer().refuses() || stated.equals(StatedReason.NONE)
                            : stated.code() == StatedReason.SERVER_FULL
                                    || (stated.code() == StatedReason.REFUSED
                                            && fate.answer().isSlow());
            case DisconnectReason.ServerEnded(StatedReason stated) ->
                    (isKicked && isWhatWasSaid(stated, kick()))
                            || (newest.number > number && stated.equals(StatedReason.NONE));
            case DisconnectReason.Replaced() -> newest.number > number;
            // The server's goodbyes got lost.
            case DisconnectReason.TimedOut _ -> isSlotEnded;
            case DisconnectReason.ResponseTimedOut _ -> !isLocal && asked > 0;
            case DisconnectReason.RequestTimedOut _ -> wasSeatedInVain();
            default -> false;
        };
    }

    // ---- Both

    /// Not every token says that its client reads reasons, and of several denials every other one
    /// carries none.
    private boolean isWhatWasSaid(StatedReason stated, StatedReason said) {
        return stated.equals(said) || (!isLocal && stated.equals(StatedReason.NONE));
    }

    private void heard(ByteBuffer payload, int owner, BitSet numbers) {
        check(NumberedPayload.isIntact(payload), "hears something damaged");
        check(NumberedPayload.owner(payload) == owner, "hears what is somebody else's");
        int heard = NumberedPayload.number(payload);
        check(!numbers.get(heard), "hears something twice");
        check(!isLocal || heard >= numbers.length(), "hears something out of order");
        numbers.set(heard);
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(this + " " + otherwise);
        }
    }

    @Override
    public String toString() {
        return "visit " + number + " of client " + clientId + " " + fate;
    }
}
