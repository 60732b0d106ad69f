package dev.hawser.cli.option;

import picocli.CommandLine.Option;

/// `--protocol-id`, the same wherever it occurs.
public final class ProtocolIdOption {
    @Option(
            names = "--protocol-id",
            paramLabel = "ID",
            converter = UnsignedLongConverter.class,
            defaultValue = "1",
            description =
                    "Tells this game, and this version of it, from every other: 64 bits, decimal or"
                            + " 0x hexadecimal (${DEFAULT-VALUE}). Client, server and token must"
                            + " agree.")
    private long value;

    public long value() {
        return value;
    }

    @Override
    public String toString() {
        return print(value);
    }

    public static String print(long protocolId) {
        return "0x" + Long.toHexString(protocolId);
    }
}
