package dev.hawser.web.websocket;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.transport.TransportFailure;
import dev.hawser.web.SessionEnd;
import dev.hawser.web.WebDrop;
import dev.hawser.web.session.ClientSession;
import dev.hawser.web.session.PacketRing;
import dev.hawser.web.session.ServerSession;
import dev.hawser.web.session.SessionEnds;
import io.netty.channel.EventLoop;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.util.ArrayDeque;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/// A client's WebSocket.
final class WebSocketClientSession extends ClientSession {
    private static final int SENDABLE_CODE_MIN = 3000;
    private static final long GOODBYE_MILLIS_MAX = 250;

    private final WebSocketClientTransport transport;
    private final EventLoop loop;
    private final HttpClient http;
    private final URI url;

    /// What waits for the message before it.
    private final ArrayDeque<ByteBuffer> waiting = new ArrayDeque<>();

    private volatile boolean isFull;

    private @Nullable WebSocket socket;
    private boolean isSending;
    private @Nullable SessionEnd goodbye;

    WebSocketClientSession(
            WebSocketClientTransport transport,
            EventLoop loop,
            HttpClient http,
            PeerAddress server,
            URI url) {
        super(transport, server, url);
        this.transport = transport;
        this.loop = loop;
        this.http = http;
        this.url = url;
    }

    // ---- Dialling

    @Override
    public void dial() {
        try {
            http.newWebSocketBuilder()
                    .subprotocols("hawser")
                    .connectTimeout(WebSocketClientTransport.DIAL_TIMEOUT)
                    .buildAsync(url, new Messages())
                    .whenCompleteAsync(this::dialled, loop);
        } catch (IllegalArgumentException e) {
            fail(TransportFailure.Kind.NO_URL, String.valueOf(e.getMessage()));
        }
    }

    private void dialled(@Nullable WebSocket opened, @Nullable Throwable failure) {
        if (opened == null) {
            failDialling(failure);
        } else if (stage == Stage.DIALLING) {
            socket = opened;
            opened();
        } else {
            opened.abort();
        }
    }

    private void failDialling(@Nullable Throwable failure) {
        Throwable latest = failure;
        boolean isRefused = false;
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof WebSocketHandshakeException refused) {
                fail(
                        TransportFailure.Kind.REFUSED,
                        "the server answers with HTTP status "
                                + refused.getResponse().statusCode());
                return;
            }
            if (each instanceof CertificateException || each instanceof SSLHandshakeException) {
                fail(TransportFailure.Kind.CERTIFICATE, String.valueOf(each.getMessage()));
                return;
            }
            if (each instanceof SSLException) {
                fail(TransportFailure.Kind.UNREACHABLE, "it speaks no TLS" + message(each));
                return;
            }
            if (each instanceof HttpConnectTimeoutException) {
                fail(
                        TransportFailure.Kind.UNREACHABLE,
                        "no connection within "
                                + WebSocketClientTransport.DIAL_TIMEOUT.toSeconds()
                                + " seconds");
                return;
            }
            if (each instanceof UnresolvedAddressException) {
                fail(TransportFailure.Kind.UNKNOWN_HOST, "its name has no address");
                return;
            }
            isRefused |= each instanceof ConnectException;
            latest = each;
        }
        fail(
                TransportFailure.Kind.UNREACHABLE,
                (isRefused ? "nothing listens there" : "the connection broke") + message(latest));
    }

    private static String message(@Nullable Throwable cause) {
        String text = cause == null ? null : cause.getMessage();
        return text == null ? "" : " (" + text + ")";
    }

    private void fail(TransportFailure.Kind kind, String text) {
        failed(kind, "no session at " + url + ": " + text);
    }

    // ---- The session

    @Override
    public int maxPacketBytes() {
        return WebSocketServerTransport.PACKET_BYTES_MAX;
    }

    @Override
    public boolean hasRoom() {
        return !isFull;
    }

    @Override
    public @Nullable WebDrop write(ByteBuffer packet) {
        boolean isPayload = PacketRing.isPayload(packet.get(packet.position()));
        if (waiting.size() >= ServerSession.waitingMax(isPayload)) {
            return WebDrop.SEND_SESSION_LIMIT;
        }
        waiting.add(ByteBuffer.allocate(packet.remaining()).put(packet).flip());
        isFull = waiting.size() >= ServerSession.QUEUE_PACKETS_MAX;
        return null;
    }

    /// Sends the next message when the one before it has left: a WebSocket of the JDK takes one at
    /// a time.
    @Override
    public void flush() {
        WebSocket socket = this.socket;
        if (socket == null || isSending) {
            return;
        }
        ByteBuffer next = waiting.poll();
        if (next != null) {
            isSending = true;
            isFull = waiting.size() >= ServerSession.QUEUE_PACKETS_MAX;
            socket.sendBinary(next, true).whenCompleteAsync((_, _) -> sent(), loop);
        } else if (goodbye != null) {
            sendGoodbye(socket, goodbye);
        }
    }

    private void sent() {
        isSending = false;
        flush();
    }

    private void sendGoodbye(WebSocket socket, SessionEnd end) {
        goodbye = null;
        SessionEnd said = SessionEnds.forWebSocket(end);
        // The JDK lets a client say 1000 and what applications have chosen, nothing else.
        int code = said.code() >= SENDABLE_CODE_MIN ? said.code() : SessionEnd.NORMAL;
        socket.sendClose(code, said.reason());
        loop.schedule(socket::abort, GOODBYE_MILLIS_MAX, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close(SessionEnd end) {
        stage = Stage.ENDED;
        goodbye = end;
        flush();
    }

    /// What the JDK's threads bring, one message after the other.
    private final class Messages implements WebSocket.Listener {
        /// The first pieces of a message that comes in several.
        private @Nullable ByteBuffer pieces;

        @Override
        public @Nullable CompletionStage<?> onBinary(
                WebSocket socket, ByteBuffer data, boolean isLast) {
            if (isLast && pieces == null) {
                receivePacket(data);
            } else {
                add(data, isLast);
            }
            socket.request(1);
            return null;
        }

        private void add(ByteBuffer data, boolean isLast) {
            ByteBuffer begun = pieces;
            if (begun == null) {
                // One byte more than a packet has: what does not fit makes it too large.
                begun = ByteBuffer.allocate(WebSocketServerTransport.PACKET_BYTES_MAX + 1);
                pieces = begun;
            }
            data.limit(data.position() + Math.min(data.remaining(), begun.remaining()));
            begun.put(data);
            if (isLast) {
                pieces = null;
                receivePacket(begun.flip());
            }
        }

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket socket, CharSequence data, boolean isLast) {
            transport.counters.drop(WebDrop.NO_PACKET);
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            loop.execute(() -> endedByPeer(new SessionEnd(code, reason)));
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            transport.counters.protocolError();
            loop.execute(() ->
                    endedByPeer(new SessionEnd(SessionEnd.BROKEN_OFF, String.valueOf(error))));
        }
    }
}
