package dev.hawser.cli.session;

import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenSource;
import java.util.concurrent.CompletableFuture;

/// Tokens that a client makes for itself, for development: as many as it takes to come back.
public final class OwnTokens implements TokenSource {
    private final TokenMint mint;
    private final TokenRequest request;

    /// @param request what all of them say
    public OwnTokens(TokenMint mint, TokenRequest request) {
        this.mint = mint;
        this.request = request;
    }

    /// {@return one alone}
    public ConnectToken mint() {
        return mint.mint(request);
    }

    @Override
    public CompletableFuture<FetchedToken> fetch() {
        return minted(request);
    }

    @Override
    public CompletableFuture<FetchedToken> fetch(TokenTag former) {
        return minted(request.toBuilder().resumes(former).build());
    }

    private CompletableFuture<FetchedToken> minted(TokenRequest request) {
        return CompletableFuture.completedFuture(
                FetchedToken.of(mint.mint(request), request.clientId()));
    }
}
