package dev.hawser.spi;

/// How much of one client may wait for [dev.hawser.NetServer#receive], so that a client that floods
/// takes nothing from the others: for a game that receives once a tick, how much it may send in a
/// tick.
///
/// @param payloads how many
/// @param bytes of them together; one payload may exceed it
public record ReceiveLimit(int payloads, int bytes) {
    /// 256 payloads and 64 KiB.
    public static final ReceiveLimit DEFAULT = new ReceiveLimit(256, 64 << 10);

    /// Checks the ranges.
    ///
    /// @throws IllegalArgumentException when one is less than 1
    public ReceiveLimit {
        if (payloads < 1 || bytes < 1) {
            throw new IllegalArgumentException(
                    "a receive limit of "
                            + payloads
                            + " payloads and "
                            + bytes
                            + " bytes for each client, but both must be at least 1: nobody could"
                            + " send anything");
        }
    }
}
