package dev.hawser.cli.option;

import java.util.Set;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// What encrypts: `sodium` or `jdk`.
final class CipherIdConverter implements ITypeConverter<String> {
    private static final Set<String> IDS = Set.of("sodium", "jdk");

    @Override
    public String convert(String text) {
        if (IDS.contains(text)) {
            return text;
        }
        throw new TypeConversionException(
                "'" + text + "' encrypts nothing here: write sodium or jdk");
    }
}
