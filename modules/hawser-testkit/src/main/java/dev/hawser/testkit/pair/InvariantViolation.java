package dev.hawser.testkit.pair;

/// An [Invariant] did not hold. The message says when, under which seed, and how to see it again.
public final class InvariantViolation extends AssertionError {
    private static final long serialVersionUID = 1;

    private final Invariant invariant;

    InvariantViolation(Invariant invariant, String message) {
        super(message);
        this.invariant = invariant;
    }

    /// {@return which one}
    public Invariant invariant() {
        return invariant;
    }
}
