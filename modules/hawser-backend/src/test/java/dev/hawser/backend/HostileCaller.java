package dev.hawser.backend;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/// What a caller can do to keep a token service busy, large, or out of reach, with one connection:
/// over and over, on many of them at a time, until it is told to stop.
enum HostileCaller {
    /// A request that never ends: of the headers, or of the body, a byte now and then.
    SLOW_SENDER {
        @Override
        void connect(Target target, String from, BooleanSupplier goesOn) throws IOException {
            String beginning =
                    ThreadLocalRandom.current().nextBoolean()
                            ? "GET /health/live HTTP/1.1\r\nHost: a\r\nX: "
                            : String.join(
                                    "\r\n",
                                    "POST /v1/connect-token HTTP/1.1",
                                    "Host: a",
                                    "Content-Type: application/json",
                                    "Authorization: Bearer player:slow",
                                    "Content-Length: 4000",
                                    "",
                                    "");
            try (Socket socket = target.secure(from)) {
                write(socket, beginning);
                while (goesOn.getAsBoolean()) {
                    write(socket, "x");
                    rest(200);
                }
            }
        }
    },

    /// Requests one behind the other, whose answers nobody reads.
    NEVER_READER {
        private static final String REQUESTS =
                "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n".repeat(50);

        @Override
        void connect(Target target, String from, BooleanSupplier goesOn) throws IOException {
            try (Socket socket = target.secure(from)) {
                while (goesOn.getAsBoolean()) {
                    write(socket, REQUESTS);
                    rest(100);
                }
            }
        }
    },

    /// Comes and goes, most of the time without a farewell.
    LEAVER {
        @Override
        void connect(Target target, String from, BooleanSupplier goesOn) throws IOException {
            try (Socket socket = target.connect(from)) {
                int way = ThreadLocalRandom.current().nextInt(8);
                if (way % 2 == 0) {
                    write(socket, "GET / HTTP/1.1\r\n");
                }
                // A port that is left with a farewell is taken for a minute.
                socket.setSoLinger(way > 0, 0);
            }
            rest(300);
        }
    },

    /// The first flight of TLS, or half of it, and nothing more.
    HALF_HANDSHAKE {
        @Override
        void connect(Target target, String from, BooleanSupplier goesOn) throws IOException {
            byte[] hello = target.clientHello();
            int length =
                    ThreadLocalRandom.current().nextBoolean() ? hello.length : hello.length / 2;
            try (Socket socket = target.connect(from)) {
                socket.getOutputStream().write(hello, 0, length);
                // It is ended by the service.
                socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
            }
        }
    };

    /// Works on one connection until that is over.
    ///
    /// @param from the address it comes from
    abstract void connect(Target target, String from, BooleanSupplier goesOn) throws IOException;

    /// A service, and the connections to it.
    static final class Target {
        private static final int RECEIVE_BYTES = 8 << 10;

        private final int port;
        private final SSLContext trust;
        private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
        private volatile boolean isOver;

        Target(int port, SSLContext trust) {
            this.port = port;
            this.trust = trust;
        }

        Socket connect(String from) throws IOException {
            Socket socket =
                    new Socket() {
                        @Override
                        public void close() throws IOException {
                            sockets.remove(this);
                            super.close();
                        }
                    };
            sockets.add(socket);
            try {
                if (isOver) {
                    throw new SocketException("the siege is over");
                }
                socket.setReceiveBufferSize(RECEIVE_BYTES);
                socket.bind(new InetSocketAddress(from, 0));
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return socket;
            } catch (IOException e) {
                socket.close();
                throw e;
            }
        }

        /// {@return a connection whose handshake is over}
        Socket secure(String from) throws IOException {
            Socket plain = connect(from);
            try {
                SSLSocket socket =
                        (SSLSocket)
                                trust.getSocketFactory()
                                        .createSocket(plain, "localhost", port, true);
                socket.startHandshake();
                return socket;
            } catch (IOException e) {
                plain.close();
                throw e;
            }
        }

        byte[] clientHello() throws SSLException {
            SSLEngine engine = trust.createSSLEngine();
            engine.setUseClientMode(true);
            ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.wrap(ByteBuffer.allocate(0), hello);
            byte[] bytes = new byte[hello.position()];
            hello.get(0, bytes);
            return bytes;
        }

        /// Ends all connections, and makes no more.
        void end() throws IOException {
            isOver = true;
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /// {@return the status of an answer, whose body of JSON is read}
    static int status(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder text = new StringBuilder();
        while (text.indexOf("}") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("ended after '" + text + "'");
            }
            text.append((char) next);
        }
        return Integer.parseInt(text.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
    }

    static void rest(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
