package dev.hawser.tests.processes.programs;

import dev.hawser.protocol.NetAddress;
import dev.hawser.transport.UdpIo;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// A game that calls native code itself, and has two transports.
public final class NativeCaller {
    private static final NetAddress ANY_PORT = NetAddress.parse("127.0.0.1:0");

    private NativeCaller() {}

    /// Prints why packets do not move in batches.
    ///
    /// @param args `first` to call native code before there is a transport, `insist` to have one
    ///   before the others that moves packets in batches whatever was granted
    @SuppressWarnings("restricted") // As games do it.
    public static void main(String[] args) throws IOException {
        List<String> what = List.of(args);
        if (what.contains("first")) {
            Linker linker = Linker.nativeLinker();
            linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("getpid"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT));
        }
        if (what.contains("insist")) {
            open(UdpTransport.builder().io(UdpIo.MMSG));
        }
        open(UdpTransport.builder());
        open(UdpTransport.builder());
        IO.println("obstacle: " + UdpIo.MMSG.obstacle());
    }

    private static void open(UdpTransport.Builder builder) throws IOException {
        try (UdpTransport transport = builder.bind(ANY_PORT).build()) {
            transport.open();
        }
    }
}
