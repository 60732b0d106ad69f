package dev.hawser.tests.processes.browser;

import dev.hawser.protocol.NetAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// What lies between browsers and a server, and drops what passes when a test says so: the UDP of
/// WebTransport in silence, as a network that is gone; the TCP of WebSocket by closing, as a proxy
/// that restarts.
final class DroppingRelay implements AutoCloseable {
    private static final int DATAGRAM_BYTES_MAX = 65_535;

    private final InetAddress loopback = InetAddress.getLoopbackAddress();
    private final DatagramSocket udp = new DatagramSocket(0, loopback);
    private final ServerSocket tcp = new ServerSocket(0, 0, loopback);
    private final InetSocketAddress udpServer;
    private final InetSocketAddress tcpServer;

    /// By the address of the browser.
    private final Map<SocketAddress, Flow> flows = new ConcurrentHashMap<>();

    private final List<Socket> streams = new CopyOnWriteArrayList<>();
    private volatile boolean isUdpGone;

    /// Starts a relay.
    DroppingRelay(NetAddress udpServer, NetAddress tcpServer) throws IOException {
        this.udpServer = new InetSocketAddress(loopback, udpServer.port());
        this.tcpServer = new InetSocketAddress(loopback, tcpServer.port());
        Thread.ofVirtual().start(this::relayDatagrams);
        Thread.ofVirtual().start(this::acceptStreams);
    }

    /// {@return where it stands for the server's UDP}
    NetAddress udpAddress() {
        return NetAddress.parse("127.0.0.1:" + udp.getLocalPort());
    }

    /// {@return where it stands for the server's TCP}
    NetAddress tcpAddress() {
        return NetAddress.parse("127.0.0.1:" + tcp.getLocalPort());
    }

    /// Drops what passes at the moment; what begins from now on passes.
    void drop() {
        flows.values().forEach(flow -> flow.isDropped = true);
        streams.forEach(DroppingRelay::close);
    }

    /// Drops every datagram from now on.
    void dropUdp() {
        isUdpGone = true;
    }

    // ---- Datagrams

    private static final class Flow {
        final DatagramSocket toServer;
        volatile boolean isDropped;

        Flow(DatagramSocket toServer) {
            this.toServer = toServer;
        }
    }

    private void relayDatagrams() {
        byte[] bytes = new byte[DATAGRAM_BYTES_MAX];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
                udp.receive(packet);
                Flow flow = flows.get(packet.getSocketAddress());
                if (flow == null) {
                    flow = begin(packet.getSocketAddress());
                }
                if (!flow.isDropped && !isUdpGone) {
                    flow.toServer.send(new DatagramPacket(bytes, packet.getLength(), udpServer));
                }
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private Flow begin(SocketAddress browser) throws IOException {
        Flow flow = new Flow(new DatagramSocket(0, loopback));
        flows.put(browser, flow);
        Thread.ofVirtual().start(() -> relayBack(flow, browser));
        return flow;
    }

    private void relayBack(Flow flow, SocketAddress browser) {
        byte[] bytes = new byte[DATAGRAM_BYTES_MAX];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
                flow.toServer.receive(packet);
                if (!flow.isDropped && !isUdpGone) {
                    udp.send(new DatagramPacket(bytes, packet.getLength(), browser));
                }
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    // ---- Streams

    private void acceptStreams() {
        try {
            while (true) {
                Socket browser = tcp.accept();
                streams.add(browser);
                Thread.ofVirtual().start(() -> relayStream(browser));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void relayStream(Socket browser) {
        try (browser;
                Socket server = new Socket(loopback, tcpServer.getPort())) {
            streams.add(server);
            Thread back = Thread.ofVirtual().start(() -> copy(server, browser));
            copy(browser, server);
            back.interrupt();
        } catch (IOException e) {
            // Whoever waits at the other end sees its stream closed.
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            InputStream input = from.getInputStream();
            OutputStream output = to.getOutputStream();
            input.transferTo(output);
        } catch (IOException e) {
            // Dropped, or one side is gone.
        } finally {
            close(from);
            close(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }

    @Override
    public void close() {
        udp.close();
        flows.values().forEach(flow -> flow.toServer.close());
        try {
            tcp.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
        streams.forEach(DroppingRelay::close);
    }
}
