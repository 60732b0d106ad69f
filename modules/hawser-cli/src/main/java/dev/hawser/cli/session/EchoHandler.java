package dev.hawser.cli.session;

import dev.hawser.ConnectedClient;
import dev.hawser.DisconnectReason;
import dev.hawser.NetServer;
import dev.hawser.ServerHandler;
import dev.hawser.cli.words.ReasonWord;
import dev.hawser.protocol.NetAddress;
import java.io.PrintWriter;
import java.nio.ByteBuffer;

/// Sends each payload back, and tells who connects, moves, is lost, comes back and leaves, but
/// nothing of payloads.
public final class EchoHandler implements ServerHandler {
    private final NetServer server;
    private final PrintWriter out;
    private final boolean isQuiet;

    /// @param isQuiet whether it tells nothing at all
    public EchoHandler(NetServer server, PrintWriter out, boolean isQuiet) {
        this.server = server;
        this.out = out;
        this.isQuiet = isQuiet;
    }

    @Override
    public void onPayload(ConnectedClient client, ByteBuffer payload) {
        server.send(client, payload);
    }

    @Override
    public void onConnect(ConnectedClient client) {
        if (!isQuiet) {
            printConnect(out, client);
        }
    }

    @Override
    public void onMove(ConnectedClient client, NetAddress from, NetAddress to) {
        if (!isQuiet) {
            printMove(out, client, from, to);
        }
    }

    @Override
    public void onSuspend(ConnectedClient client) {
        if (!isQuiet) {
            printSuspend(out, client);
        }
    }

    @Override
    public void onResume(ConnectedClient client) {
        if (!isQuiet) {
            printResume(out, client);
        }
    }

    @Override
    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
        if (!isQuiet) {
            printDisconnect(out, client, reason);
        }
    }

    @Override
    public void onDrained() {
        out.println("drained");
    }

    static void printConnect(PrintWriter out, ConnectedClient client) {
        out.println("connected " + describe(client) + address(client));
    }

    private static String address(ConnectedClient client) {
        return " address=" + client.address().map(NetAddress::toString).orElse("none");
    }

    static void printSuspend(PrintWriter out, ConnectedClient client) {
        out.println("suspended " + describe(client));
    }

    static void printResume(PrintWriter out, ConnectedClient client) {
        out.println("resumed " + describe(client) + address(client));
    }

    static void printMove(PrintWriter out, ConnectedClient client, NetAddress from, NetAddress to) {
        out.println("moved " + describe(client) + " from=" + from + " to=" + to);
    }

    static void printDisconnect(PrintWriter out, ConnectedClient client, DisconnectReason reason) {
        out.println("disconnected " + describe(client) + " reason=" + ReasonWord.of(reason));
    }

    private static String describe(ConnectedClient client) {
        return "index="
                + client.clientIndex()
                + " id="
                + Long.toUnsignedString(client.id().value());
    }
}
