package dev.hawser.spi;

import dev.hawser.ClientId;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.SendResult;
import dev.hawser.netcode.Fixtures;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/// A kind of connection that a test tells what to do, right or wrong.
final class OwnKind {
    record Id(long value) implements ClientId {}

    private OwnKind() {}

    /// A server that fails where it is told to.
    static class Server extends AbstractServer {
        /// What the next tick does.
        final Queue<Runnable> next = new ArrayDeque<>();

        /// The method that throws.
        String failing = "";

        int ticks;
        int flushes;
        int maxPayloadBytes = Payloads.BYTES_MAX;

        Server(int maxClients) {
            super(maxClients, null);
        }

        /// {@return one that runs}
        static Server started(int maxClients) {
            Server server = new Server(maxClients);
            server.startUnchecked();
            return server;
        }

        void startUnchecked() {
            Fixtures.startUnchecked(this);
        }

        private void failIn(String method) {
            if (failing.equals(method)) {
                throw new IllegalStateException(method + " failed");
            }
        }

        @Override
        protected void open() {
            failIn("open");
        }

        @Override
        protected void shut() {
            failIn("shut");
            for (ConnectedClient client : List.copyOf(connectedClients())) {
                removeClient(
                        (AbstractConnectedClient) client,
                        new DisconnectReason.ServerStopped(STOPPED));
            }
        }

        @Override
        protected void tick() {
            ticks++;
            failIn("tick");
            while (!next.isEmpty()) {
                next.remove().run();
            }
        }

        @Override
        public void flush() {
            super.flush();
            flushes++;
            failIn("flush");
        }

        @Override
        public int maxPayloadBytes() {
            return maxPayloadBytes;
        }

        /// {@return a client that is connected}
        Handle connect(int index) {
            Handle client = new Handle(this, index);
            addClient(client);
            return client;
        }

        @Override
        public String toString() {
            return "OwnServer";
        }
    }

    /// A handle that can forget its duty.
    static class Handle extends AbstractConnectedClient {
        private final Server own;
        boolean forgetsToRemove;

        Handle(Server server, int index) {
            this(server, new Id(index), index);
        }

        Handle(Server server, Id id, int index) {
            super(server, id, index, UserData.EMPTY, ReceiveLimit.DEFAULT);
            own = server;
        }

        @Override
        protected SendResult sendChecked(ByteBuffer payload) {
            return SendResult.SENT;
        }

        @Override
        protected void end(StatedReason reason) {
            remove(DisconnectReason.endedByServer(reason));
        }

        @Override
        protected void replace() {
            remove(new DisconnectReason.Replaced());
        }

        private void remove(DisconnectReason reason) {
            if (!forgetsToRemove) {
                own.removeClient(this, reason);
            }
        }
    }

    /// A client whose payloads wait in the base.
    static class Client extends AbstractClient {
        int maxPayloadBytes = Payloads.BYTES_MAX;

        Client(int receiveQueueBytes) {
            super(receiveQueueBytes);
        }

        Client() {}

        @Override
        public void connect() {
            checkOwner();
            checkNotClosed();
            enter(new ConnectionState.Connected());
        }

        @Override
        public void disconnect(StatedReason reason) {
            checkOwner();
            clearQueue();
        }

        @Override
        public void update() {
            claimOwner();
        }

        @Override
        protected SendResult sendChecked(ByteBuffer payload) {
            return SendResult.SENT;
        }

        @Override
        public int maxPayloadBytes() {
            return maxPayloadBytes;
        }

        @Override
        public Optional<ClientId> id() {
            return Optional.empty();
        }

        @Override
        public String toString() {
            return "OwnClient";
        }
    }
}
