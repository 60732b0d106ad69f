package dev.hawser.cli;

import picocli.CommandLine.Option;

/// `--protocol-id`, the same wherever it occurs.
final class ProtocolIdOption {
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

    long value() {
        return value;
    }

    @Override
    public String toString() {
        return print(value);
    }

    static String print(long protocolId) {
        return "0x" + Long.toHexString(protocolId);
    }
}
