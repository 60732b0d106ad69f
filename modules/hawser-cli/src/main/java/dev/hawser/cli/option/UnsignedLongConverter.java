package dev.hawser.cli.option;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Protocol ids and client ids: unsigned, 64 bits, decimal or hexadecimal.
public final class UnsignedLongConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        boolean isHex = text.startsWith("0x") || text.startsWith("0X");
        try {
            return isHex
                    ? Long.parseUnsignedLong(text, 2, text.length(), 16)
                    : Long.parseUnsignedLong(text);
        } catch (NumberFormatException | IndexOutOfBoundsException unreadable) {
            throw new TypeConversionException(
                    "'"
                            + text
                            + "' is no unsigned 64-bit number: write 0 to 18446744073709551615, or"
                            + " 0x0 to 0xffffffffffffffff");
        }
    }
}
