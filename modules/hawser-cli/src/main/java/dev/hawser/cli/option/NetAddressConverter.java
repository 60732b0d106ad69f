package dev.hawser.cli.option;

import dev.hawser.protocol.NetAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Addresses with a port, as `1.2.3.4:80` or `[::1]:80`.
public final class NetAddressConverter implements ITypeConverter<NetAddress> {
    @Override
    public NetAddress convert(String text) {
        NetAddress address;
        try {
            address = NetAddress.parse(text);
        } catch (IllegalArgumentException unreadable) {
            throw new TypeConversionException(unreadable.getMessage());
        }
        // Port 0 is written out where it is meant, for a bind; a forgotten port is not meant.
        boolean saysPort = text.contains(address.isIpv4() ? ":" : "]:");
        if (!saysPort) {
            throw new TypeConversionException(
                    "'" + text + "' has no port: write " + address.withPort(40_000));
        }
        return address;
    }
}
