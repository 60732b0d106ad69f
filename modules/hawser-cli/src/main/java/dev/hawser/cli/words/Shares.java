package dev.hawser.cli.words;

import java.math.BigDecimal;
import java.math.MathContext;

/// Shares, which are numbers from 0 to 1, for people.
public final class Shares {
    private static final MathContext DIGITS = new MathContext(4);
    private static final int DIGITS_OF_PERCENT = 2;

    private Shares() {}

    /// {@return so many in a hundred}
    public static String percent(double share) {
        return plain(BigDecimal.valueOf(share).movePointRight(DIGITS_OF_PERCENT)) + " %";
    }

    /// {@return a number without the zeros that say nothing}
    public static String number(double value) {
        return Double.isFinite(value) ? plain(BigDecimal.valueOf(value)) : Double.toString(value);
    }

    private static String plain(BigDecimal value) {
        return value.round(DIGITS).stripTrailingZeros().toPlainString();
    }
}
