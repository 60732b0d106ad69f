package dev.hawser.tests.processes.programs;

import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.SendResult;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.steam.SteamApi;
import dev.hawser.steam.SteamClient;
import dev.hawser.steam.SteamIdentity;
import dev.hawser.steam.SteamOptions;
import dev.hawser.steam.SteamSendMode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/// A process of its own that connects over GameNetworkingSockets, says what it sees, and ends.
///
/// Arguments: the library, a Steam id or 0, the server, how many connections, how many payloads
/// each is to send and to get back, and whether it then waits to be disconnected (`stay`) or leaves
/// (`leave`).
public final class SteamGuest {
    private static final int PAYLOAD_BYTES_MIN = 12;
    private static final int PAYLOAD_BYTES_MAX = 1200;

    /// How many payloads may be on their way: what Steam holds is bounded.
    private static final int WINDOW = 400;

    private final SteamClient client;
    private final int payloads;
    private final ByteBuffer payload = ByteBuffer.allocate(PAYLOAD_BYTES_MAX);
    private int sent;
    private int intact;
    private int damaged;
    private String seen = "";

    private SteamGuest(SteamClient client, int payloads) {
        this.client = client;
        this.payloads = payloads;
    }

    static void main(String[] args) throws Exception {
        long id = Long.parseLong(args[1]);
        NetAddress server = NetAddress.parse(args[2]);
        int connections = Integer.parseInt(args[3]);
        int payloads = Integer.parseInt(args[4]);
        boolean leaves = args[5].equals("leave");
        try (SteamApi steam = SteamApi.gameNetworkingSockets(Path.of(args[0]), identity(id))) {
            List<SteamGuest> guests = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                guests.add(new SteamGuest(client(steam, server), payloads));
            }
            run(guests, leaves);
        }
    }

    private static SteamIdentity identity(long id) {
        return id == 0 ? new SteamIdentity.Anonymous() : new SteamIdentity.SteamId(id);
    }

    private static SteamClient client(SteamApi steam, NetAddress server) {
        SteamClient client =
                SteamClient.builder(steam)
                        .server(server)
                        .allowUnauthenticated()
                        .sendMode(SteamSendMode.RELIABLE)
                        .livenessTimeout(Duration.ofSeconds(3))
                        .options(SteamOptions.DEFAULT.sendRate(20_000_000))
                        .build();
        client.connect();
        return client;
    }

    private static void run(List<SteamGuest> guests, boolean leaves) throws InterruptedException {
        boolean isReported = false;
        while (guests.stream().anyMatch(SteamGuest::isThere)) {
            guests.forEach(SteamGuest::turn);
            if (!isReported && guests.stream().allMatch(SteamGuest::hasAll)) {
                isReported = true;
                IO.println(
                        "intact "
                                + guests.stream().mapToInt(guest -> guest.intact).sum()
                                + " damaged "
                                + guests.stream().mapToInt(guest -> guest.damaged).sum());
                if (leaves) {
                    guests.forEach(
                            guest -> guest.client.disconnect(new StatedReason(1001, 7, "dinner")));
                }
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
        guests.forEach(guest -> guest.client.close());
    }

    private boolean isThere() {
        return !(client.state() instanceof ConnectionState.Disconnected);
    }

    private boolean hasAll() {
        return client.isConnected() && intact + damaged == payloads;
    }

    private void turn() {
        client.update();
        String now = describe(client.state());
        if (!now.equals(seen)) {
            seen = now;
            IO.println(now);
        }
        client.receive(this::check);
        while (client.isConnected() && sent < payloads && sent - intact < WINDOW) {
            fill(payload.clear(), sent);
            if (client.send(payload) != SendResult.SENT) {
                return;
            }
            sent++;
        }
        client.flush();
    }

    private static String describe(ConnectionState state) {
        return switch (state) {
            case ConnectionState.Connecting() -> "connecting";
            case ConnectionState.Resuming(_) -> "resuming";
            case ConnectionState.Connected() -> "connected";
            case ConnectionState.Disconnected(DisconnectReason reason) -> "ended " + reason;
        };
    }

    private void check(ByteBuffer received) {
        ByteBuffer expected = ByteBuffer.allocate(PAYLOAD_BYTES_MAX);
        fill(expected, intact);
        if (received.equals(expected)) {
            intact++;
        } else {
            damaged++;
        }
    }

    /// A payload of this number: its size and content follow from it.
    public static void fill(ByteBuffer payload, int number) {
        Random random = new Random(number);
        int bytes = random.nextInt(PAYLOAD_BYTES_MIN, PAYLOAD_BYTES_MAX + 1);
        payload.clear().putInt(number);
        while (payload.position() < bytes) {
            payload.put((byte) random.nextInt());
        }
        payload.flip();
    }
}
