package dev.hawser.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hawser.Authentication;
import dev.hawser.ConnectionState;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/// Shows a client over UDP: it connects to a [MinimalServer], sends until five payloads have come
/// back, and leaves. When there is no connection it prints why, and ends with 1.
///
/// Run: `MinimalClient [ADDRESS]`, with the private key in the environment variable
/// `HAWSER_PRIVATE_KEY` (64 hexadecimal digits, the same for server and client).
final class MinimalClient {
    /// Tells this game, and this version of it, from every other. The same in the server.
    private static final long PROTOCOL_ID = 0x6578_616d_706c_6501L;

    /// How long a side may hear nothing: longer than a load screen takes.
    private static final int TIMEOUT_SECONDS = 15;

    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1) / 60;
    private static final int ANSWERS = 5;

    private int sent;
    private int answered;

    void main(String[] args) throws InterruptedException {
        String address = args.length > 0 ? args[0] : "127.0.0.1:40000";
        try (var client = NetcodeClient.builder().authentication(manual(address)).build()) {
            client.connect();
            long nextTickNanos = System.nanoTime();
            while (answered < ANSWERS) {
                client.update(); // what has come in, and what is due
                client.receive(this::print);
                switch (client.state()) {
                    case ConnectionState.Connecting(), ConnectionState.Resuming(_) -> {}
                    case ConnectionState.Connected() -> {
                        sent++;
                        client.send(UTF_8.encode("input " + sent));
                    }
                    case ConnectionState.Disconnected(var reason) -> {
                        IO.println("not connected: " + reason.explanation());
                        System.exit(1);
                    }
                }
                client.flush();
                nextTickNanos = Math.max(nextTickNanos + TICK_NANOS, System.nanoTime());
                TimeUnit.NANOSECONDS.sleep(nextTickNanos - System.nanoTime());
            }
        } // closing it tells the server
        IO.println("left after " + answered + " answers");
    }

    private void print(ByteBuffer payload) {
        answered++;
        IO.println("the server answers: " + UTF_8.decode(payload));
    }

    /// For development: whoever has the key can be anybody, so a game that is given away never
    /// holds it. There, your backend knows who the player is and mints a connect token, the game
    /// fetches it over HTTPS, and connects with `new Authentication.Token(token)`.
    private static Authentication manual(String address) {
        String key = System.getenv("HAWSER_PRIVATE_KEY");
        if (key == null) {
            throw new IllegalStateException(
                    "HAWSER_PRIVATE_KEY is not set: './hawser keys new' prints a key");
        }
        // Of several clients on one machine, each is somebody else.
        long clientId = ProcessHandle.current().pid();
        return new Authentication.Manual(
                NetAddress.parse(address),
                clientId,
                PrivateKey.ofHex(key),
                PROTOCOL_ID,
                TIMEOUT_SECONDS);
    }
}
