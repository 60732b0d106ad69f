package dev.hawser.tests.rig;

import dev.hawser.protocol.NetAddress;
import java.util.ArrayList;
import java.util.List;

/// A network without faults between one of our clients and one of our servers, with somebody who
/// records every packet.
public final class Link {
    private static final int STEP_MILLIS = 20;

    private final Rig rig;
    private final Guest guest;
    private final NetAddress guestAddress;
    private final Host host;
    private final NetAddress hostAddress;
    private final List<byte[]> toServer = new ArrayList<>();
    private final List<byte[]> toClient = new ArrayList<>();
    private boolean isCut;

    public Link(Rig rig, Guest guest, NetAddress guestAddress, Host host, NetAddress hostAddress) {
        this.rig = rig;
        this.guest = guest;
        this.guestAddress = guestAddress;
        this.host = host;
        this.hostAddress = hostAddress;
    }

    /// {@return every packet that the client sent, in order}
    public List<byte[]> toServer() {
        return List.copyOf(toServer);
    }

    /// {@return every packet that the server sent, in order}
    public List<byte[]> toClient() {
        return List.copyOf(toClient);
    }

    /// From here on nothing arrives, on either side.
    public void cut() {
        isCut = true;
    }

    /// Lets time pass, with an update of both sides every 20 milliseconds.
    public void run(int millis) {
        for (int passed = 0; passed < millis; passed += STEP_MILLIS) {
            rig.passMillis(STEP_MILLIS);
            carryToServer(guest.tick());
            carryToClient(host.tick());
        }
    }

    public void carryToServer(List<Sent> sent) {
        for (Sent packet : sent) {
            if (!isCut && packet.to().equals(hostAddress)) {
                toServer.add(packet.bytes());
                carryToClient(host.receive(guestAddress, packet.bytes()));
            }
        }
    }

    public void carryToClient(List<Sent> sent) {
        for (Sent packet : sent) {
            if (!isCut && packet.to().equals(guestAddress)) {
                toClient.add(packet.bytes());
                guest.receive(hostAddress, packet.bytes());
            }
        }
    }
}
