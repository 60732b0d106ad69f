package dev.hawser.backend.problem;

/// Settings that lie in a range.
public final class Ranges {
    private Ranges() {}

    /// {@return the value}
    ///
    /// @throws IllegalArgumentException when it is outside the range
    public static int check(String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    what
                            + " is "
                            + value
                            + ", but must be from "
                            + min
                            + " to "
                            + max
                            + ": leave it out for the default");
        }
        return value;
    }
}
