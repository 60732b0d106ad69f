package dev.hawser.online.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.TestLog;
import dev.hawser.online.http.TestService;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenFetchException;
import dev.hawser.token.TokenFetchFailure;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;

/// A token client, the service that it asks, and what it said in the log.
abstract class TokenClientFixture {
    static final String CREDENTIAL = "the-credential-of-a-player";

    final TestLog log = new TestLog();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    final <T extends AutoCloseable> T open(T one) {
        opened.add(one);
        return one;
    }

    /// {@return a service over plain HTTP, which is for loopback}
    final TestService service(TestService.Answers answers) {
        return open(TestService.http(answers));
    }

    final TokenClient.Builder builder(URI endpoint) {
        return TokenClient.builder().endpoint(endpoint).credentials(() -> CREDENTIAL).logger(log);
    }

    final TokenClient.Builder builder(TestService service) {
        return builder(service.endpoint());
    }

    final FetchedToken fetch(TokenClient.Builder builder) {
        return await(open(builder.build()).fetch());
    }

    final <T extends TokenFetchFailure> T failure(Class<T> type, TokenClient.Builder builder) {
        return failure(type, open(builder.build()).fetch());
    }

    static FetchedToken await(CompletableFuture<FetchedToken> fetch) {
        try {
            return fetch.get(120, TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /// {@return why a fetch fails, which has words that are fit to be shown}
    static <T extends TokenFetchFailure> T failure(
            Class<T> type, CompletableFuture<FetchedToken> fetch) {
        try {
            throw new AssertionError("fetched: " + fetch.get(120, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            assertThat(e).cause().isInstanceOf(TokenFetchException.class);
            TokenFetchFailure failure = ((TokenFetchException) e.getCause()).failure();
            assertThat(failure).as(failure.explanation()).isInstanceOf(type);
            assertThat(e.getCause()).hasMessage(failure.explanation());
            assertThat(failure.explanation()).endsWith(".").doesNotContain(CREDENTIAL);
            assertThat(failure.toString()).doesNotContain(CREDENTIAL);
            return type.cast(failure);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
