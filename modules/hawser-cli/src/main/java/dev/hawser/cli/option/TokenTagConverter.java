package dev.hawser.cli.option;

import dev.hawser.protocol.TokenTag;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads the tag of a connect token.
public final class TokenTagConverter implements ITypeConverter<TokenTag> {
    @Override
    public TokenTag convert(String text) {
        try {
            return TokenTag.parse(text);
        } catch (IllegalArgumentException invalid) {
            throw new TypeConversionException(invalid.getMessage());
        }
    }
}
