package dev.hawser.tests.game;

import dev.hawser.ClientId;
import dev.hawser.ClientStats;
import dev.hawser.ConnectionState;
import dev.hawser.ConnectionStats;
import dev.hawser.DisconnectReason;
import dev.hawser.NetClient;
import dev.hawser.PayloadHandler;
import dev.hawser.SendResult;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.steam.SteamApi;
import dev.hawser.steam.SteamClient;
import dev.hawser.steam.SteamIdentity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A client in a process of its own, since GameNetworkingSockets has one identity for a process.
/// Each call goes there and comes back as one line.
final class RemotePlayer implements NetClient {
    private final Process process;
    private final BufferedReader answers;
    private ConnectionState state =
            new ConnectionState.Disconnected(new DisconnectReason.NeverConnected());

    RemotePlayer(Path library, long steamId, NetAddress server) {
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Far.class.getName(),
                        library.toString(),
                        Long.toString(steamId),
                        server.toString());
        try {
            process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        answers =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private String ask(String question) {
        try {
            OutputStream questions = process.getOutputStream();
            questions.write((question + "\n").getBytes(StandardCharsets.UTF_8));
            questions.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new AssertionError("the player's process has ended");
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void connect() {
        state = stateOf(ask("connect"));
    }

    @Override
    public void disconnect(StatedReason reason) {
        state =
                stateOf(
                        ask(
                                "disconnect "
                                        + reason.code()
                                        + " "
                                        + reason.retryAfterSeconds()
                                        + " "
                                        + reason.text()));
    }

    @Override
    public ConnectionState state() {
        return state;
    }

    @Override
    public void update() {
        state = stateOf(ask("update"));
    }

    @Override
    public int receive(PayloadHandler handler) {
        String[] payloads = ask("receive").split(" ", -1);
        for (int i = 1; i < payloads.length; i++) {
            handler.onPayload(ByteBuffer.wrap(HexFormat.of().parseHex(payloads[i])));
        }
        return payloads.length - 1;
    }

    @Override
    public SendResult send(ByteBuffer payload) {
        byte[] bytes = new byte[payload.remaining()];
        payload.duplicate().get(bytes);
        return SendResult.valueOf(ask("send " + HexFormat.of().formatHex(bytes)));
    }

    @Override
    public void close() {
        try {
            ask("close");
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            process.destroyForcibly();
        }
    }

    // ---- Not asked for by the script

    @Override
    public void handOver() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void flush() {}

    @Override
    public Optional<ClientId> id() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<NetAddress> localAddress() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<NetAddress> serverAddress() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int maxPayloadBytes() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void suspendTimeouts() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void resumeTimeouts() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ConnectionStats connectionStats() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void reportRoundTrip(long nanos) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ClientStats stats() {
        throw new UnsupportedOperationException();
    }

    // ---- States as lines

    private static String line(ConnectionState state) {
        return switch (state) {
            case ConnectionState.Connecting() -> "connecting";
            case ConnectionState.Resuming(int attempt) -> "resuming " + attempt;
            case ConnectionState.Connected() -> "connected";
            case ConnectionState.Disconnected(DisconnectReason reason) ->
                    switch (reason) {
                        case DisconnectReason.ClientLeft(StatedReason stated) ->
                                line("left", stated);
                        case DisconnectReason.ServerEnded(StatedReason stated) ->
                                line("ended", stated);
                        case DisconnectReason.ServerStopped(StatedReason stated) ->
                                line("stopped", stated);
                        case DisconnectReason.Denied(StatedReason stated) -> line("denied", stated);
                        case DisconnectReason.Replaced() -> "replaced";
                        default -> "failed " + reason;
                    };
        };
    }

    private static String line(String word, StatedReason stated) {
        return word + " " + stated.code() + " " + stated.retryAfterSeconds() + " " + stated.text();
    }

    private static ConnectionState stateOf(String line) {
        String word = line.split(" ", 2)[0];
        return switch (word) {
            case "connecting" -> new ConnectionState.Connecting();
            case "connected" -> new ConnectionState.Connected();
            case "left" -> disconnected(new DisconnectReason.ClientLeft(stated(line)));
            case "ended" -> disconnected(new DisconnectReason.ServerEnded(stated(line)));
            case "stopped" -> disconnected(new DisconnectReason.ServerStopped(stated(line)));
            case "denied" -> disconnected(new DisconnectReason.Denied(stated(line)));
            case "replaced" -> disconnected(new DisconnectReason.Replaced());
            default -> disconnected(new DisconnectReason.TransportFailed(line));
        };
    }

    private static ConnectionState disconnected(DisconnectReason reason) {
        return new ConnectionState.Disconnected(reason);
    }

    /// {@return what follows the first word}
    private static StatedReason stated(String line) {
        String[] parts = line.split(" ", 4);
        return new StatedReason(Integer.parseInt(parts[1]), Integer.parseInt(parts[2]), parts[3]);
    }

    /// The process.
    static final class Far {
        private Far() {}

        static void main(String[] args) throws Exception {
            SteamIdentity identity = new SteamIdentity.SteamId(Long.parseLong(args[1]));
            try (SteamApi steam = SteamApi.gameNetworkingSockets(Path.of(args[0]), identity);
                    SteamClient client =
                            SteamClient.builder(steam)
                                    .server(NetAddress.parse(args[2]))
                                    .allowUnauthenticated()
                                    .build()) {
                String question = IO.readln();
                while (question != null && !question.equals("close")) {
                    IO.println(answer(client, question));
                    question = IO.readln();
                }
            }
            IO.println("closed");
        }

        private static String answer(SteamClient client, String question) {
            switch (question.split(" ", 2)[0]) {
                case "connect" -> client.connect();
                case "disconnect" -> client.disconnect(stated(question));
                case "update" -> client.update();
                case "receive" -> {
                    Stream.Builder<String> payloads = Stream.builder();
                    payloads.add("received");
                    client.receive(payload -> payloads.add(hex(payload)));
                    return payloads.build().collect(Collectors.joining(" "));
                }
                case "send" -> {
                    byte[] bytes = HexFormat.of().parseHex(question.substring("send ".length()));
                    return client.send(ByteBuffer.wrap(bytes)).name();
                }
                default -> throw new AssertionError(question);
            }
            return line(client.state());
        }

        private static String hex(ByteBuffer payload) {
            byte[] bytes = new byte[payload.remaining()];
            payload.get(bytes);
            return HexFormat.of().formatHex(bytes);
        }
    }
}
