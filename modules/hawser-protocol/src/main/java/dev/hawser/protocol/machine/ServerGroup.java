package dev.hawser.protocol.machine;

import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.wire.LittleEndian;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Servers of one process that share their clients: several ways into one game, such as UDP,
/// WebTransport and WebSocket.
///
/// A machine joins the group that it is made with, and leaves it with [ServerMachine#close]; one
/// that is dropped without a close keeps its clients' ids taken. The group holds two things for its
/// members.
///
/// **The memory of connect tokens.** A token that has led to a connection is refused by every
/// member that stands at the same place in the token's list of servers, and one that is in use is
/// bound to the member where it was first seen. Members at different places of the list are
/// separate servers to a token: each seals under numbers of its own, so each may serve it. The
/// memory outlives its members: a server that stops and starts again is a new machine in the same
/// group, and knows the tokens that were used before. Each member judges by its own clock when a
/// token expires; what one of them has forgotten all of them refuse.
///
/// **The clients that are connected.** A client id with a slot at one member counts as connected at
/// every other. Under [dev.hawser.protocol.SameClient#REFUSE] its requests are dropped; under
/// [dev.hawser.protocol.SameClient#TAKE_OVER] it may come in with a token that no member had seen
/// before it took its slot. The policy is that of the member that is asked.
///
/// A member that slots such a client does not end the slot at the other one, whose packets go
/// elsewhere. Whoever drives the members does: on [ServerEvent.Connected] of one, look for the
/// client id at the others and call [ServerMachine#replace] there. Until then the client has both
/// slots. A slot at another member frees none here: a full server denies.
///
/// A client that resumes its connection ([ServerEvent.Resumed]) at another member than it had it at
/// has both slots too, until that one is left: [ServerMachine#abandon].
///
/// One thread drives all members. Members draw their own randomness and keep their own pending
/// connections and their own bounds.
public final class ServerGroup {
    private static final int HASH_KEY_BYTES = 2 * Long.BYTES;

    private static final int ENDED_MAX = 4096;
    private static final long ENDED_NANOS = 60_000_000_000L;

    private final TokenHistory history;

    /// The connections that a member ended lately, by what their clients may name them, oldest
    /// first: who resumes one of them is told why.
    private final Map<Name, Ended> ended =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Name, Ended> eldest) {
                    return size() > ENDED_MAX;
                }
            };

    /// When the first of them may be forgotten.
    private long forgetAtNanos;

    /// @param tagHigh half of the tag, which tells the few tokens of one player apart
    private record Name(long clientId, long tagHigh) {}

    private record Ended(StatedReason reason, long atNanos) {}

    private final List<ClientSlots> members = new ArrayList<>();
    private int joined;

    /// Makes a group without members. Draws from `random` the key of the hash table of tokens, 16
    /// bytes.
    ///
    /// @param tokenHistoryMax how many connect tokens are remembered until they expire, for all
    ///   members together, 1 to 2^24; what the members' [ServerConfig]s say is not used
    /// @throws IllegalArgumentException when `tokenHistoryMax` is out of range
    public ServerGroup(int tokenHistoryMax, RandomBytes random) {
        ServerConfig.checkTokenHistoryMax(tokenHistoryMax);
        byte[] bytes = new byte[HASH_KEY_BYTES];
        random.nextBytes(bytes);
        ByteBuffer hashKey = ByteBuffer.wrap(bytes);
        this(
                tokenHistoryMax,
                LittleEndian.getLong(hashKey, 0),
                LittleEndian.getLong(hashKey, Long.BYTES));
    }

    ServerGroup(int tokenHistoryMax, long hashKey0, long hashKey1) {
        history = new TokenHistory(tokenHistoryMax, hashKey0, hashKey1);
    }

    /// Takes in a member.
    ///
    /// @return its number, which no later member of this group has: tokens stay bound to it
    int join(ClientSlots slots) {
        members.add(slots);
        if (members.size() > 1) {
            history.share();
        }
        return joined++;
    }

    void leave(ClientSlots slots) {
        members.remove(slots);
    }

    TokenHistory history() {
        return history;
    }

    int memberCount() {
        return members.size();
    }

    /// Takes note that a member ended a connection on purpose, for a reason that speaks against its
    /// client. A client that has not heard that it had resumed would name the token before.
    void ended(long nowNanos, ClientSlot client, StatedReason reason) {
        if (ended.isEmpty()) {
            forgetAtNanos = nowNanos + ENDED_NANOS;
        }
        Ended end = new Ended(reason, nowNanos);
        ended.put(new Name(client.clientId, client.tagHigh), end);
        if (client.mayNameFormerTag()) {
            ended.put(new Name(client.clientId, client.formerTagHigh), end);
        }
    }

    /// Forgets what nobody is told any more. Costs nothing while there is nothing to forget.
    void forgetEnded(long nowNanos) {
        if (ended.isEmpty() || forgetAtNanos - nowNanos > 0) {
            return;
        }
        Iterator<Ended> eldest = ended.values().iterator();
        while (eldest.hasNext()) {
            forgetAtNanos = eldest.next().atNanos + ENDED_NANOS;
            if (forgetAtNanos - nowNanos > 0) {
                return;
            }
            eldest.remove();
        }
    }

    /// {@return why a member ended the connection of this client and token, less than a minute ago;
    /// or null}
    @Nullable StatedReason reasonOfEnd(long nowNanos, long clientId, long tagHigh) {
        Ended end = ended.get(new Name(clientId, tagHigh));
        return end == null || nowNanos - end.atNanos >= ENDED_NANOS ? null : end.reason;
    }

    /// {@return the slot of the client with this id, at whichever member, connected or suspended;
    /// or null}
    @Nullable ClientSlot ofClientId(long clientId) {
        for (int i = 0; i < members.size(); i++) {
            ClientSlot client = members.get(i).ofClientId(clientId);
            if (client != null) {
                return client;
            }
        }
        return null;
    }

    /// {@return whether a member has a client with this path id}
    boolean hasPath(long pathId) {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).ofPath(pathId) != null) {
                return true;
            }
        }
        return false;
    }

    /// {@return whether a member ended a connection of this path on purpose, less than a minute
    /// ago}
    boolean hasEnded(long pathId, long nowNanos) {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).hasEnded(pathId, nowNanos)) {
                return true;
            }
        }
        return false;
    }

    /// {@return the slots of a member}
    ///
    /// @param index from 0 in the order of joining; those behind one that leaves move up
    ClientSlots slots(int index) {
        return members.get(index);
    }
}
