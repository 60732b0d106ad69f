package dev.hawser.cli.option;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// The longest life of connect tokens: seconds, or `off`, which is 0.
public final class LifetimeConverter implements ITypeConverter<Integer> {
    public static final int OFF = 0;

    @Override
    public Integer convert(String text) {
        if (text.equals("off")) {
            return OFF;
        }
        try {
            int seconds = Integer.parseInt(text);
            if (seconds > 0) {
                return seconds;
            }
        } catch (NumberFormatException unreadable) {
            // Told below, with what is out of range.
        }
        throw new TypeConversionException(
                "'"
                        + text
                        + "' is no lifetime: write 1 to "
                        + Integer.MAX_VALUE
                        + " seconds, or off");
    }
}
