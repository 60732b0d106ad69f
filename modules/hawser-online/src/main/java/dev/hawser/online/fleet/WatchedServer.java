package dev.hawser.online.fleet;

import dev.hawser.netcode.NetcodeServer;

/// A server whose clients come and go, looked at after each update. Of the server's thread.
final class WatchedServer {
    final NetcodeServer server;

    /// How many there had been when it was looked at last.
    private long connections;

    private long disconnections;

    WatchedServer(NetcodeServer server) {
        this.server = server;
    }

    boolean hasNewConnections() {
        return server.connections() != connections;
    }

    /// {@return the ids of those who have come, or come back}
    long[] takeConnected() {
        long[] connected = server.clientIdsSince(connections);
        connections = server.connections();
        return connected;
    }

    boolean hasNewEnds() {
        return server.disconnections() != disconnections;
    }

    /// {@return whether more have left than the server remembers}
    boolean missesEnds() {
        return server.disconnectedIdsSince(disconnections).length
                < server.disconnections() - disconnections;
    }

    /// {@return the ids of those who have left, also of those who are back}
    long[] takeDisconnected() {
        long[] left = server.disconnectedIdsSince(disconnections);
        disconnections = server.disconnections();
        return left;
    }
}
