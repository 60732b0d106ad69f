package dev.hawser.load;

import dev.hawser.linux.Linux;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.protocol.wire.Wire;
import java.io.IOException;

/// A run of the load generator, in the calling thread.
public final class LoadRun {
    static final CipherProvider CIPHERS = Ciphers.best();

    private LoadRun() {}

    /// {@return what happened}
    ///
    /// @throws LoadException when the server cannot be loaded, with what to do
    /// @throws IOException when there are no sockets
    public static LoadReport run(LoadSettings settings) throws LoadException, IOException {
        Measurement measurement = new Measurement(settings);
        ClientTokens tokens = new ClientTokens(settings.target());
        try (ClientNetwork network = network(settings)) {
            LoadReport.Result result =
                    switch (settings.work()) {
                        case LoadSettings.Echoes echoes ->
                                new EchoLoad(settings, echoes, network, tokens, measurement)
                                        .run(settings.warmupNanos(), settings.measuredNanos());
                        case LoadSettings.Handshakes _ ->
                                new HandshakeLoad(settings, network, tokens, measurement)
                                        .run(settings.warmupNanos(), settings.measuredNanos());
                        case LoadSettings.Garbage garbage ->
                                new GarbageLoad(settings, garbage, network, tokens, measurement)
                                        .run(settings.warmupNanos(), settings.measuredNanos());
                    };
            return new LoadReport(
                    settings,
                    result,
                    measurement.nanos(),
                    measurement.serverUsage(),
                    measurement.generatorUsage(),
                    network.sendFailures(),
                    network.description());
        }
    }

    private static ClientNetwork network(LoadSettings settings) throws IOException {
        NetAddress server = settings.target().server();
        // Garbage has a real client beside it.
        int clients =
                settings.work() instanceof LoadSettings.Garbage
                        ? settings.clients() + 1
                        : settings.clients();
        boolean isLoopback = server.isIpv4() && ((int) server.low() >>> 24) == 127;
        return isLoopback && Linux.obstacle(false).isEmpty()
                ? new ManyAddressNetwork(server, clients, Wire.PACKET_BYTES_MAX)
                : new ManySocketNetwork(server, clients);
    }
}
