package dev.hawser.cli.option;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/// What becomes of arguments of common types: those of picocli explain themselves in terms of Java.
public final class Converters {
    private Converters() {}

    public static void register(CommandLine commandLine) {
        commandLine
                .registerConverter(int.class, Converters::toInt)
                .registerConverter(Integer.class, Converters::toInt)
                .registerConverter(Long.class, Converters::toLong)
                .registerConverter(double.class, Converters::toDouble)
                .registerConverter(Double.class, Converters::toDouble)
                .registerConverter(Path.class, Converters::toFile)
                .registerConverter(URI.class, Converters::toUrl);
    }

    private static int toInt(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException unreadable) {
            throw noWholeNumber(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
    }

    private static long toLong(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException unreadable) {
            throw noWholeNumber(text, Long.MIN_VALUE, Long.MAX_VALUE);
        }
    }

    private static TypeConversionException noWholeNumber(String text, long min, long max) {
        return new TypeConversionException(
                "'" + text + "' is no whole number from " + min + " to " + max);
    }

    private static double toDouble(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException unreadable) {
            throw new TypeConversionException(
                    "'" + text + "' is no number: write it as 0.05 or 60");
        }
    }

    private static Path toFile(String text) {
        if (text.isEmpty()) {
            throw new TypeConversionException("the name of the file is empty");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException unusable) {
            throw new TypeConversionException(
                    "'" + text + "' can be no file's name: " + unusable.getReason());
        }
    }

    private static URI toUrl(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException unreadable) {
            throw new TypeConversionException(
                    "'" + text + "' is no URL: write it as https://play.example.org");
        }
    }
}
