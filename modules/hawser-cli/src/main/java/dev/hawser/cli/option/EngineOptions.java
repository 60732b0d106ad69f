package dev.hawser.cli.option;

import dev.hawser.cli.process.CliFailure;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.transport.UdpIo;
import dev.hawser.transport.UdpTransport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What moves and encrypts the packets, for those who compare: without these options it is the
/// fastest that the machine has.
public final class EngineOptions {
    @Option(
            names = "--transport",
            paramLabel = "nio|mmsg",
            converter = UdpIoConverter.class,
            description =
                    "How UDP calls the system: mmsg in batches (Linux), nio packet by packet."
                            + " Without it mmsg where it can.")
    private @Nullable UdpIo udpIo;

    @Option(
            names = "--crypto",
            paramLabel = "sodium|jdk",
            converter = CipherIdConverter.class,
            description =
                    "What encrypts: sodium is libsodium, jdk is Java itself. Without it sodium"
                            + " where it can.")
    private @Nullable String cipherId;

    /// Makes the choice of ciphers that of this process.
    ///
    /// @throws CliFailure when the machine does not have them
    public void applyCrypto() {
        if (cipherId == null) {
            return;
        }
        System.setProperty(Ciphers.PROPERTY, cipherId);
        try {
            Ciphers.best();
        } catch (IllegalStateException e) {
            throw new CliFailure("--crypto " + cipherId + ": " + e.getMessage(), e);
        }
    }

    /// {@return a transport that will be bound to this address, as `--transport` says}
    public UdpTransport bind(NetAddress address) {
        UdpTransport.Builder transport = UdpTransport.builder().bind(address);
        return (udpIo == null ? transport : transport.io(udpIo)).build();
    }
}
