package dev.hawser.cli.option;

import dev.hawser.transport.UdpIo;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// How UDP calls the system: `mmsg` or `nio`.
final class UdpIoConverter implements ITypeConverter<UdpIo> {
    @Override
    public UdpIo convert(String text) {
        for (UdpIo io : UdpIo.values()) {
            if (io.toString().equals(text)) {
                return io;
            }
        }
        throw new TypeConversionException("'" + text + "' is no transport: write nio or mmsg");
    }
}
