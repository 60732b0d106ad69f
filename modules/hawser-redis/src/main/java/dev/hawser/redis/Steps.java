package dev.hawser.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// What steps have in common that ask for several things, or may be asked for too much.
final class Steps {
    private static final int PAGE_MAX = 1000;

    private Steps() {}

    /// {@return the stage, or one that fails where what is asked for is wrong}
    static <T> CompletionStage<T> checked(Supplier<CompletionStage<T>> step) {
        try {
            return step.get();
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /// @throws IllegalArgumentException when a number is outside its range
    static int range(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + " is " + value + ", but must be from " + least + " to " + most);
        }
        return value;
    }

    /// @throws IllegalArgumentException when no such part of a list may be asked for
    static void part(Pattern cursors, String cursor, int max) {
        range("max", max, 1, PAGE_MAX);
        if (!cursors.matcher(cursor).matches()) {
            throw new IllegalArgumentException(
                    "cursor has "
                            + cursor.length()
                            + " characters and is none that was given: begin without one");
        }
    }

    /// Asks for all at once, in their order, so that they cost one round trip together.
    static <T, R> CompletionStage<List<R>> all(
            List<T> items, Function<T, CompletionStage<R>> step) {
        List<CompletableFuture<R>> asked =
                items.stream().map(item -> step.apply(item).toCompletableFuture()).toList();
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenApply(_ -> asked.stream().map(CompletableFuture::join).toList());
    }
}
