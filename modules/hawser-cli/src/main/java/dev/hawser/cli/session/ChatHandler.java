package dev.hawser.cli.session;

import dev.hawser.ConnectedClient;
import dev.hawser.DisconnectReason;
import dev.hawser.NetServer;
import dev.hawser.ServerHandler;
import dev.hawser.cli.words.Printable;
import dev.hawser.cli.words.ReasonWord;
import dev.hawser.protocol.NetAddress;
import java.io.PrintWriter;
import java.nio.ByteBuffer;

/// Passes each line to everyone, its sender included, who so sees that it has arrived: payloads may
/// get lost, and a chat on datagrams does not hide it.
public final class ChatHandler implements ServerHandler {
    private static final int NAME_CHARS_MAX = 32;

    private final NetServer server;
    private final PrintWriter out;

    public ChatHandler(NetServer server, PrintWriter out) {
        this.server = server;
        this.out = out;
    }

    @Override
    public void onConnect(ConnectedClient client) {
        EchoHandler.printConnect(out, client);
        tellAll("* " + name(client) + " joined, " + server.connectedClients().size() + " here");
    }

    @Override
    public void onPayload(ConnectedClient client, ByteBuffer payload) {
        String line = name(client) + ": " + ChatText.decode(payload);
        out.println(line);
        tellAll(line);
    }

    @Override
    public void onMove(ConnectedClient client, NetAddress from, NetAddress to) {
        EchoHandler.printMove(out, client, from, to);
    }

    @Override
    public void onSuspend(ConnectedClient client) {
        EchoHandler.printSuspend(out, client);
        tellAll("* " + name(client) + " is away");
    }

    @Override
    public void onResume(ConnectedClient client) {
        EchoHandler.printResume(out, client);
        tellAll("* " + name(client) + " is back");
    }

    @Override
    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
        EchoHandler.printDisconnect(out, client, reason);
        tellAll("* " + name(client) + " left" + why(reason));
    }

    @Override
    public void onDrained() {
        out.println("drained");
    }

    private static String why(DisconnectReason reason) {
        return reason instanceof DisconnectReason.ClientLeft
                ? ""
                : " (" + ReasonWord.of(reason) + ")";
    }

    private void tellAll(String line) {
        ByteBuffer payload = ChatText.encode(line);
        for (ConnectedClient client : server.connectedClients()) {
            server.send(client, payload);
        }
    }

    /// Who it is, as the token says, so that nobody chooses another's name who cannot make tokens.
    private static String name(ConnectedClient client) {
        String text = Printable.of(client.userData().text()).strip();
        if (text.isEmpty()) {
            return "client " + Long.toUnsignedString(client.id().value());
        }
        return text.substring(0, Math.min(text.length(), NAME_CHARS_MAX));
    }
}
