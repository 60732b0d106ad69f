package dev.hawser.testkit.pair;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.protocol.wire.PublicToken;
import dev.hawser.protocol.wire.TokenReading;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the invariants know of a connect token, which the machines must find out.
final class MintedToken {
    final int serial;
    final ConnectToken token;
    final TokenTag tag;
    final long clientId;
    final List<SimulatedServer> servers;
    final long expireTimestamp;
    final long timeoutNanos;
    final boolean survivesMoves;
    final UserData userData;

    /// Of the token whose connection this one goes on with.
    final @Nullable TokenTag resumes;

    /// Whether it has the extension block: without it nobody can come back.
    final boolean mayResume;

    /// The first eight bytes of the key of packets to the server: to see where they turn up.
    private final byte[] keyStart;

    /// Which bytes occur in them.
    private final boolean[] isInKeyStart = new boolean[1 << Byte.SIZE];

    /// Connected with more than once: a client that breaks its side of the contract. Its own
    /// packets reuse nonces, and what it sent in its first life may be replayed into its second.
    boolean isMisused;

    private boolean isUsed;

    /// The address from which it was first answered, for each life of each server.
    private final Map<Object, NetAddress> answeredAt = new HashMap<>();

    private final Set<Object> slotsIn = new HashSet<>();
    private final Set<SimulatedServer> slotsAt = new HashSet<>();

    MintedToken(
            int serial, ConnectToken token, TokenRequest request, List<SimulatedServer> servers) {
        this.serial = serial;
        this.token = token;
        this.servers = servers;
        clientId = request.clientId();
        userData = request.userData();
        resumes = request.resumes().orElse(null);
        mayResume = request.statesReasons() || request.survivesMoves() || resumes != null;
        tag = token.tag();
        keyStart = Arrays.copyOf(readKey(token), Long.BYTES);
        for (byte b : keyStart) {
            isInKeyStart[Byte.toUnsignedInt(b)] = true;
        }
        survivesMoves = token.info().survivesMoves();
        expireTimestamp = token.info().expireTimestamp();
        timeoutNanos = Math.max(0, token.info().timeoutSeconds()) * 1_000_000_000L;
    }

    private static byte[] readKey(ConnectToken token) {
        return switch (PublicToken.read(token.toBytes())) {
            case TokenReading.Success(PublicToken read) -> read.clientToServerKey().array();
            case TokenReading.Failure(String problem) -> throw new IllegalStateException(problem);
        };
    }

    /// {@return whether its key stands anywhere in a buffer, whatever position and limit are}
    boolean hasKeyIn(ByteBuffer buffer) {
        byte[] whole = new byte[buffer.capacity()];
        buffer.duplicate().clear().get(whole);
        // Wherever eight bytes begin, one of them is at a multiple of eight: where that one is not
        // of the key, nor are the others.
        for (int i = keyStart.length - 1; i < whole.length; i += keyStart.length) {
            if (isInKeyStart[Byte.toUnsignedInt(whole[i])] && isKeyStartAround(whole, i)) {
                return true;
            }
        }
        return false;
    }

    /// {@return whether the key begins at this place, or at one of the seven before}
    private boolean isKeyStartAround(byte[] whole, int place) {
        for (int i = 0; i < keyStart.length; i++) {
            int start = place - i;
            if (keyStart[i] == whole[place]
                    && start + keyStart.length <= whole.length
                    && Arrays.equals(
                            whole, start, start + keyStart.length, keyStart, 0, keyStart.length)) {
                return true;
            }
        }
        return false;
    }

    /// {@return user data that no other token has}
    static UserData userDataOf(int serial) {
        return UserData.of(ByteBuffer.allocate(Integer.BYTES).putInt(serial + 1).array());
    }

    void markUsed() {
        isMisused |= isUsed;
        isUsed = true;
    }

    /// {@return the address that it is bound to in this life of a server: this one if none was}
    NetAddress bindTo(Object life, NetAddress address) {
        NetAddress bound = answeredAt.putIfAbsent(life, address);
        return bound == null ? address : bound;
    }

    /// {@return whether this is its first slot in this life of a server}
    boolean slotIn(Object life, SimulatedServer server) {
        slotsAt.add(server);
        return slotsIn.add(life);
    }

    boolean hasConnectedAt(Object life) {
        return slotsIn.contains(life);
    }

    /// {@return whether this server, or one before it in the token, has given it a slot}
    ///
    /// Servers of a token share its keys, and a client cannot know whether one is Hawser's and
    /// keeps its sequences apart: what an earlier server sent and the client never got can be
    /// replayed to it under the address of a later one.
    boolean mayHaveSlotAt(SimulatedServer server) {
        return servers.subList(0, servers.indexOf(server) + 1).stream().anyMatch(slotsAt::contains);
    }

    @Override
    public String toString() {
        return "token " + serial + " of client " + Long.toUnsignedString(clientId);
    }
}
