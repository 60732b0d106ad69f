package dev.hawser.cli.option;

import dev.hawser.protocol.NetAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Addresses with a port by which a server is dialled, or named in a token: one of a machine's, and
/// not all of them.
public final class DialledAddressConverter implements ITypeConverter<NetAddress> {
    private static final NetAddressConverter ANY = new NetAddressConverter();

    @Override
    public NetAddress convert(String text) {
        NetAddress address = ANY.convert(text);
        if (address.isUnspecified()) {
            throw new TypeConversionException(
                    "'"
                            + text
                            + "' is all interfaces of a machine, which can be bound and not dialled:"
                            + " write the address by which clients reach the server");
        }
        return address;
    }
}
