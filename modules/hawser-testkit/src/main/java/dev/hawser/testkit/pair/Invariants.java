package dev.hawser.testkit.pair;

import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UnixTime;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.testkit.SimulatedPacket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Watches a [Pair] from outside and compares it with what the protocol promises: see [Invariant].
///
/// It knows every token that the pair has minted, sees every packet that is sealed, sent and
/// delivered, and every event. A violation is thrown as an [InvariantViolation] with the seed and
/// the command that shows it again.
public final class Invariants {
    private static final int TAG_BYTES = 16;

    private final Pair pair;
    private final NonceLog nonces = new NonceLog(this::violated);
    private final PayloadLedger ledger = new PayloadLedger(this::violated);
    private final Map<TokenTag, MintedToken> tokens = new HashMap<>();
    private final Map<UserData, MintedToken> tokensByUserData = new HashMap<>();
    private final Map<Long, Set<MintedToken>> tokensByPathId = new HashMap<>();
    private final Map<PathStep, Long> pathSteps = new EnumMap<>(PathStep.class);
    private final Map<ResumeStep, Long> resumeSteps = new EnumMap<>(ResumeStep.class);
    private Consumer<InvariantViolation> handler =
            violation -> {
                throw violation;
            };

    Invariants(Pair pair) {
        this.pair = pair;
    }

    /// Hands violations to somebody instead of throwing them, for a test that wants to see all.
    public void onViolation(Consumer<InvariantViolation> handler) {
        this.handler = handler;
    }

    /// {@return how many tokens the pair has minted}
    public int tokensMinted() {
        return tokens.size();
    }

    /// {@return how many of them expire later than this}
    public int tokensExpiringAfter(long unixSeconds) {
        return (int)
                tokens.values().stream()
                        .filter(token -> UnixTime.isAfter(token.expireTimestamp, unixSeconds))
                        .count();
    }

    /// {@return what has happened so far to the paths of connections that survive a changed
    /// address, and how often}
    public Map<PathStep, Long> pathSteps() {
        return Map.copyOf(pathSteps);
    }

    void count(PathStep step) {
        pathSteps.merge(step, 1L, Long::sum);
    }

    /// {@return what has happened so far to connections that were lost, and to those who came back
    /// for them, and how often}
    public Map<ResumeStep, Long> resumeSteps() {
        return Map.copyOf(resumeSteps);
    }

    void count(ResumeStep step) {
        resumeSteps.merge(step, 1L, Long::sum);
    }

    /// Learns which connection a path id belongs to: the packets of its client say so. Another life
    /// of a server may give the same one.
    void learnPath(long pathId, MintedToken token) {
        tokensByPathId.computeIfAbsent(pathId, _ -> new HashSet<>()).add(token);
    }

    Set<MintedToken> tokensOfPath(long pathId) {
        return tokensByPathId.getOrDefault(pathId, Set.of());
    }

    /// A server has ended the connection of a token for silence.
    void checkLost(MintedToken token, SimulatedServer server, String event) {
        for (SimulatedClient client : pair.clients()) {
            client.checkLost(token, server, event);
        }
    }

    ObservedCiphers observed(CipherProvider ciphers, String who) {
        return new ObservedCiphers(ciphers, nonces, who);
    }

    ServerModel newModel(String who, SimulatedServer server) {
        return new ServerModel(pair, server, pair.group(), who);
    }

    PayloadLedger ledger() {
        return ledger;
    }

    void addToken(
            int serial,
            ConnectToken connectToken,
            TokenRequest request,
            List<SimulatedServer> servers) {
        MintedToken token = new MintedToken(serial, connectToken, request, servers);
        tokens.put(token.tag, token);
        tokensByUserData.put(token.userData, token);
    }

    /// {@return what is known of a token; null when somebody else has minted it}
    @Nullable MintedToken minted(ConnectToken connectToken) {
        return tokens.get(connectToken.tag());
    }

    /// {@return the token that another one names, or null}
    @Nullable MintedToken minted(@Nullable TokenTag tag) {
        return tag == null ? null : tokens.get(tag);
    }

    @Nullable MintedToken tokenOf(UserData userData) {
        return tokensByUserData.get(userData);
    }

    @Nullable MintedToken tokenOfRequest(SimulatedPacket request) {
        if (request.length() < TAG_BYTES) {
            return null;
        }
        ByteBuffer bytes = request.content().order(ByteOrder.LITTLE_ENDIAN);
        int tag = request.length() - TAG_BYTES;
        return tokens.get(new TokenTag(bytes.getLong(tag), bytes.getLong(tag + Long.BYTES)));
    }

    void violated(Invariant invariant, String problem) {
        handler.accept(
                new InvariantViolation(
                        invariant,
                        invariant
                                + " after "
                                + pair.clock().elapsedMillis()
                                + " ms under seed "
                                + pair.seed()
                                + ": "
                                + problem
                                + System.lineSeparator()
                                + "again: "
                                + pair.replayCommand()));
    }
}
