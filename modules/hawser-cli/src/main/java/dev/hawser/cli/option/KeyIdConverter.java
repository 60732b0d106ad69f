package dev.hawser.cli.option;

import dev.hawser.protocol.KeyId;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads the name of a private key.
public final class KeyIdConverter implements ITypeConverter<KeyId> {
    @Override
    public KeyId convert(String text) {
        try {
            return KeyId.parse(text);
        } catch (IllegalArgumentException invalid) {
            throw new TypeConversionException(invalid.getMessage());
        }
    }
}
