package dev.hawser.backend.registry;

import dev.hawser.protocol.TokenTag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// To which server the players of the latest tokens were sent: of so many tokens, those that were
/// made or asked for last.
///
/// A connection outlives its token by hours, so nothing here expires. Of one player a few tokens
/// are kept, so that nobody pushes out the others by asking often. Not for several threads.
final class MintedTokens {
    /// A phone, a laptop, and attempts that have led to nothing yet. The token that attempts name
    /// stays, since each of them counts as asking for it.
    static final int TOKENS_OF_CLIENT_MAX = 4;

    private final int tokensMax;

    /// What was not looked at for longest comes first.
    private final SequencedMap<TokenTag, Token> tokens = new LinkedHashMap<>(16, 0.75f, true);

    /// The same, in the same order.
    private final Map<Long, List<Token>> ofClient = new HashMap<>();

    private static final class Token {
        private final TokenTag tag;
        private final long clientId;
        private final String serverId;

        /// As [Sent#hasCome()].
        private boolean hasCome;

        /// As [Sent#hasLeft()].
        private boolean hasLeft;

        Token(TokenTag tag, long clientId, String serverId, boolean hasCome) {
            this.tag = tag;
            this.clientId = clientId;
            this.serverId = serverId;
            this.hasCome = hasCome;
        }
    }

    /// Where a player was sent with a token.
    ///
    /// @param hasCome whether this server has said that the player is there
    /// @param hasLeft whether this server has said since then that the player is gone, or another
    ///   one that he is there
    record Sent(String serverId, boolean hasCome, boolean hasLeft) {}

    MintedTokens(int tokensMax) {
        this.tokensMax = tokensMax;
    }

    /// Notes a token, in place of the one that was not asked for for longest.
    ///
    /// @param hasCome whether the player was there already
    void add(TokenTag tag, long clientId, String serverId, boolean hasCome) {
        if (tokens.containsKey(tag)) {
            return;
        }
        Token token = new Token(tag, clientId, serverId, hasCome);
        tokens.put(tag, token);
        List<Token> own = ofClient.computeIfAbsent(clientId, _ -> new ArrayList<>(1));
        own.add(token);
        if (own.size() > TOKENS_OF_CLIENT_MAX) {
            tokens.remove(own.removeFirst().tag);
        }
        if (tokens.size() > tokensMax) {
            forget(Objects.requireNonNull(tokens.pollFirstEntry(), "one too many").getValue());
        }
    }

    private void forget(Token token) {
        List<Token> own = Objects.requireNonNull(ofClient.get(token.clientId), "its owner's");
        own.remove(token);
        if (own.isEmpty()) {
            ofClient.remove(token.clientId);
        }
    }

    /// {@return whether a token is known to be another player's}
    boolean isOfAnother(TokenTag tag, long clientId) {
        Token token = tokens.get(tag);
        return token != null && token.clientId != clientId;
    }

    /// {@return where a player was sent with a token; null where that is not known, or it was
    /// another player's}
    @Nullable Sent sent(TokenTag tag, long clientId) {
        Token token = tokens.get(tag);
        if (token == null || token.clientId != clientId) {
            return null;
        }
        List<Token> own = Objects.requireNonNull(ofClient.get(clientId), "its owner's");
        own.remove(token);
        own.add(token);
        return new Sent(token.serverId, token.hasCome, token.hasLeft);
    }

    /// A server says that a player is there, so he is at no other one.
    void noteConnected(long clientId, String serverId) {
        for (Token token : ofClient.getOrDefault(clientId, List.of())) {
            boolean isThere = token.serverId.equals(serverId);
            token.hasCome |= isThere;
            token.hasLeft |= !isThere;
        }
    }

    /// A server says that a player is gone.
    void noteLeft(long clientId, String serverId) {
        for (Token token : ofClient.getOrDefault(clientId, List.of())) {
            token.hasLeft |= token.serverId.equals(serverId);
        }
    }

    int size() {
        return tokens.size();
    }
}
