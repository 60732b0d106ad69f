package dev.hawser.cli.command;

import dev.hawser.cli.option.Addresses;
import dev.hawser.cli.option.DialledAddressConverter;
import dev.hawser.cli.option.KeyOptions;
import dev.hawser.cli.option.Limits;
import dev.hawser.cli.option.OptionRules;
import dev.hawser.cli.option.ProtocolIdOption;
import dev.hawser.cli.option.TokenLifetimeOption;
import dev.hawser.cli.process.CliFailure;
import dev.hawser.cli.words.Shares;
import dev.hawser.keys.KeyRingException;
import dev.hawser.load.GarbageKind;
import dev.hawser.load.LoadException;
import dev.hawser.load.LoadReport;
import dev.hawser.load.LoadRun;
import dev.hawser.load.LoadSettings;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hawser load`: measures a server under load.
@Command(
        name = "load",
        description = {
            "Loads a netcode 1.02 server of any make, and measures it: how many echoes, connects or"
                    + " refusals a second, how long they take, and with --server-pid what each"
                    + " costs the server.",
            "",
            "Without --handshakes or --garbage the clients connect and send payloads, which the"
                    + " server must send back: 'hawser server --echo', or any other echo. All of"
                    + " it runs in one thread, which needs a core of its own. It asks without a"
                    + " pause; how long it had nothing to do tells whether the server was the"
                    + " slower one.",
            "",
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "%nIn the JSON of --json: 'mode', 'server', 'clients', 'survivesMoves', 'measuredSeconds',"
                    + " 'sendFailures', 'network', and of echoes 'sent', 'echoes',"
                    + " 'echoesPerSecond', 'lost', 'late', 'verified', 'damaged', 'disconnected',"
                    + " 'pings' (answered), 'generatorIdle' (a share of the time), 'roundTripNanos' (p50, p90, p99, p999, max); of handshakes 'connects',"
                    + " 'connectsPerSecond', 'denied', 'connectNanos'; of garbage 'kind', 'sent',"
                    + " 'sentPerSecond', 'refused', 'refusedPerSecond', 'survived'."
                    + " 'serverProcess' (with --server-pid) and 'generatorProcess' have"
                    + " 'cpuNanos', 'userNanos', 'systemNanos', 'busy' (1 is a core),"
                    + " 'residentBytes', 'receiveDrops'; the server's also 'cpuNanosPerEcho' (or"
                    + " PerConnect, PerRefused), and the same of user and system.",
            "%nExit codes: 0 it ran, and nothing came back damaged, 1 it could not run, or"
                    + " something was wrong, 2 wrong usage.",
        })
public final class LoadCommand implements Callable<Integer> {
    private static final int CLIENTS_DEFAULT = 64;
    private static final int PAYLOAD_BYTES_MAX = 1200;
    private static final int WINDOW_MAX = 4096;
    private static final int OUTSTANDING_DEFAULT = 512;
    private static final int OUTSTANDING_MAX = 1 << 18;
    private static final int SECONDS_MAX = 86_400;
    private static final int RATE_MAX = 1_000_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--server",
            paramLabel = "ADDRESS",
            converter = DialledAddressConverter.class,
            defaultValue = ServerCommand.BIND_DEFAULT,
            description = "The server (${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private NetAddress server;

    @Option(
            names = "--identity",
            paramLabel = "ADDRESS",
            converter = DialledAddressConverter.class,
            description =
                    "The address by which the server knows itself, where it is not the one to"
                            + " dial.")
    private @Nullable NetAddress identity;

    @Mixin private ProtocolIdOption protocolId = new ProtocolIdOption();

    @Mixin private KeyOptions keys = new KeyOptions();

    @Mixin private TokenLifetimeOption tokenLifetime = new TokenLifetimeOption();

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "" + CLIENTS_DEFAULT,
            description =
                    "How many clients at a time, 1 to "
                            + LoadSettings.CLIENTS_MAX
                            + " (${DEFAULT-VALUE}). On IPv4 loopback of Linux they share a socket"
                            + " and have an address each, from 127.64.0.0 on; elsewhere each has a"
                            + " socket.")
    private int clients;

    @Option(
            names = "--saturate",
            description =
                    "Send the next payload when one has come back: as many as the server can. So it"
                            + " is without --rate.")
    private boolean saturates;

    @Option(
            names = "--window",
            paramLabel = "W",
            description =
                    "With --saturate: how many payloads of a client are under way, 1 to "
                            + WINDOW_MAX
                            + ". Without it as many as make "
                            + OUTSTANDING_DEFAULT
                            + " of all clients, and at least 1.")
    private @Nullable Integer window;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            description =
                    "With --saturate: how many payloads of all clients together are under way at"
                            + " most, fewer than their windows: they take turns. What an echo costs"
                            + " with many clients and with few is comparable with the same number.")
    private @Nullable Integer inFlight;

    @Option(
            names = "--rate",
            paramLabel = "R",
            description =
                    "Send so many packets a second from each client, evenly over time. With"
                            + " --garbage: requests a second from each address.")
    private @Nullable Double rate;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "256",
            description =
                    "Bytes of a payload, "
                            + LoadSettings.PAYLOAD_BYTES_MIN
                            + " to "
                            + PAYLOAD_BYTES_MAX
                            + " (${DEFAULT-VALUE}).")
    private int size;

    @Option(
            names = "--handshakes",
            description =
                    "Connect, disconnect and connect again with a new token, --clients at once. A"
                            + " server remembers every token for --max-token-lifetime: give both 2 for"
                            + " thousands a second.")
    private boolean shakesHands;

    @Option(
            names = "--garbage",
            paramLabel = "KIND",
            arity = "0..1",
            fallbackValue = "forged",
            description =
                    "Send connection requests that a server refuses, from --clients addresses, and"
                            + " keep one real client connected beside them. forged (without KIND):"
                            + " all right but for the sealed part, which the server must try to"
                            + " open. version, size: wrong in that. random: bytes.")
    private @Nullable GarbageKind garbage;

    @Option(
            names = "--standard",
            description =
                    "With tokens of the standard alone. Otherwise they say, as those of players do,"
                            + " that the connection survives a changed address: a server of Hawser"
                            + " then pings each client twice a second, and clients answer. Servers"
                            + " of other makes ignore it.")
    private boolean isStandard;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "How long it is measured, 1 to " + SECONDS_MAX + " (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--warmup",
            paramLabel = "S",
            defaultValue = "5",
            description =
                    "How long it runs before that, 0 to "
                            + SECONDS_MAX
                            + " (${DEFAULT-VALUE}): a server in Java is compiled while it runs.")
    private int warmupSeconds;

    @Option(
            names = "--server-pid",
            paramLabel = "PID",
            description =
                    "The server's process, on this machine (Linux): adds what the measured seconds"
                            + " cost it, its memory, and how many packets its sockets had no room"
                            + " for, which are not counted as refused.")
    private @Nullable Long serverPid;

    @Option(names = "--json", description = "Print JSON instead of lines.")
    private boolean isJson;

    @Override
    public Integer call() throws IOException, KeyRingException {
        checkArguments();
        NetAddress named = identity == null ? server : identity;
        KeyRing ring = keys.resolve(List.of(server, named)).load();
        LoadSettings.Target target =
                new LoadSettings.Target(
                        server,
                        named,
                        ring.newest(),
                        protocolId.value(),
                        tokenLifetime.lifetimeSeconds(),
                        !isStandard);
        LoadSettings settings =
                new LoadSettings(
                        target,
                        work(),
                        clients,
                        TimeUnit.SECONDS.toNanos(warmupSeconds),
                        TimeUnit.SECONDS.toNanos(seconds),
                        serverPid == null ? OptionalLong.empty() : OptionalLong.of(serverPid));
        LoadReport report;
        try {
            report = LoadRun.run(settings);
        } catch (LoadException e) {
            throw new CliFailure(String.valueOf(e.getMessage()), e);
        } finally {
            ring.erase();
        }
        if (isJson) {
            spec.commandLine().getOut().println(report.toJson());
        } else {
            report.print(spec.commandLine().getOut());
        }
        return report.isWell() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private LoadSettings.Work work() {
        double packetsPerSecond = rate == null ? 0 : rate;
        if (shakesHands) {
            return new LoadSettings.Handshakes();
        }
        if (garbage != null) {
            return new LoadSettings.Garbage(garbage, packetsPerSecond);
        }
        int share = windowOfEach();
        int inFlightMax = inFlight == null ? share * clients : inFlight;
        return new LoadSettings.Echoes(packetsPerSecond, share, inFlightMax, size);
    }

    private void checkArguments() {
        Limits.check(spec, "--clients", clients, 1, LoadSettings.CLIENTS_MAX);
        Limits.check(spec, "--size", size, LoadSettings.PAYLOAD_BYTES_MIN, PAYLOAD_BYTES_MAX);
        Limits.check(spec, "--seconds", seconds, 1, SECONDS_MAX);
        Limits.check(spec, "--warmup", warmupSeconds, 0, SECONDS_MAX);
        checkWindow();
        if (rate != null && !(rate > 0 && rate <= RATE_MAX)) {
            throw wrongUsage(
                    "--rate is "
                            + Shares.number(rate)
                            + ", but must be above 0 and at most "
                            + RATE_MAX);
        }
        checkCombinations();
        checkInFlight();
        Addresses.checkDialled(spec, "--server", server);
        if (identity != null) {
            Addresses.checkDialled(spec, "--identity", identity);
        }
    }

    private void checkWindow() {
        if (window == null) {
            return;
        }
        Limits.check(spec, "--window", window, 1, WINDOW_MAX);
        if (window * clients > OUTSTANDING_MAX) {
            throw wrongUsage(
                    "--window "
                            + window
                            + " for "
                            + clients
                            + " clients is "
                            + window * clients
                            + " payloads under way, but no more than "
                            + OUTSTANDING_MAX
                            + " are useful: take less of either");
        }
    }

    private void checkInFlight() {
        if (inFlight == null) {
            return;
        }
        Limits.check(spec, "--in-flight", inFlight, 1, OUTSTANDING_MAX);
        if (inFlight > windowOfEach() * clients) {
            throw wrongUsage(
                    "--in-flight "
                            + inFlight
                            + " is more than "
                            + clients
                            + " clients have under way with --window "
                            + windowOfEach()
                            + ": take a larger window, or less in flight");
        }
    }

    private int windowOfEach() {
        return window == null ? Math.max(1, OUTSTANDING_DEFAULT / clients) : window;
    }

    private boolean hasSaturation() {
        return saturates || window != null || inFlight != null;
    }

    private void checkCombinations() {
        if (rate != null && hasSaturation()) {
            throw wrongUsage("--rate and --saturate, --window or --in-flight: pass one of them");
        }
        OptionRules.notWith(spec, "--handshakes", shakesHands, "no payload is sent", "--size");
        OptionRules.notWith(spec, "--garbage", garbage != null, "requests have one size", "--size");
        if (shakesHands && garbage != null) {
            throw wrongUsage("--handshakes and --garbage: pass one of them");
        }
        if (shakesHands && (rate != null || hasSaturation())) {
            throw wrongUsage(
                    "--handshakes with --rate, --saturate, --window or --in-flight: it goes as fast as the server"
                            + " answers, choose with --clients how many at once");
        }
        if (garbage != null && hasSaturation()) {
            throw wrongUsage(
                    "--garbage with --saturate, --window or --in-flight: nothing comes back; without --rate it"
                            + " goes as fast as the system takes it");
        }
    }

    private ParameterException wrongUsage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
