package dev.hawser.transport;

import dev.hawser.protocol.NetAddress;

/// What the log says of receive buffers, for whoever runs the machine.
final class ReceiveBufferWords {
    private ReceiveBufferWords() {}

    /// The system has given less than it was asked for.
    static String tooSmall(int asked, int given) {
        return "UDP sockets have a receive buffer of "
                + given
                + " bytes, not the "
                + asked
                + " that were asked for: what does not fit between two updates is lost. To change"
                + " that, "
                + remedy(asked)
                + ".";
    }

    /// Packets found no room.
    ///
    /// @param drops how many since the last line
    static String full(NetAddress address, long drops, int asked, int given) {
        return "The system dropped "
                + drops
                + " packets to "
                + address
                + ": the receive buffer of "
                + given
                + " bytes was full. Update more often, or "
                + (given < asked ? remedy(asked) : "raise socketBufferBytes")
                + ".";
    }

    private static String remedy(int asked) {
        return "raise the system's limit (on Linux: sysctl -w net.core.rmem_max=" + asked + ")";
    }
}
