#!/usr/bin/env bash
# The JDK's WebSocket client hands over messages of 1,200 bytes in pieces, though each came in one frame.
#
# Seen with Temurin 25.0.3 (java.net.http) and ws 8.18.3 as the server: 200 binary messages of 1,200 bytes, one frame
# each, sent in a row. The listener is called more than 200 times, and some calls have last = false.
#
# One would guess that pieces belong to large messages, or to peers that send fragments, and that a packet of a game
# comes in one call. A client that takes each call for a packet works in every test with one message at a time, and
# loses packets as soon as several lie in one buffer of the socket: where its end falls inside a frame, the client cuts.
#
# Ends with 0 while the JDK behaves so, with 1 when that has changed. Needs Node.js, npm and JAVA_HOME with a JDK 25.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-progress --no-audit --no-fund --ignore-scripts ws@8.18.3 >/dev/null
cat >server.mjs <<'JS'
import { WebSocketServer } from 'ws';
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false }, () => console.log(server.address().port));
server.on('connection', (socket) => {
    for (let i = 0; i < 200; i++) {
        socket.send(Buffer.alloc(1200, i));
    }
    socket.close();
});
JS
node server.mjs >port &
server=$!
until [ -s port ]; do sleep 0.1; done
cat >Pieces.java <<'JAVA'
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

class Pieces {
    public static void main(String[] args) throws Exception {
        var calls = new AtomicInteger();
        var pieces = new AtomicInteger();
        var bytes = new AtomicInteger();
        var closed = new CountDownLatch(1);
        HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(URI.create("ws://127.0.0.1:" + args[0]), new WebSocket.Listener() {
            @Override public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
                calls.incrementAndGet();
                bytes.addAndGet(data.remaining());
                if (!last) {
                    pieces.incrementAndGet();
                }
                socket.request(1);
                return null;
            }

            @Override public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
                closed.countDown();
                return null;
            }
        }).get(30, TimeUnit.SECONDS);
        closed.await(30, TimeUnit.SECONDS);
        System.out.printf("Java %s: 200 messages, %d bytes, in %d calls, %d of them with last = false%n",
                Runtime.version(), bytes.get(), calls.get(), pieces.get());
        boolean isAsDescribed = bytes.get() == 240_000 && pieces.get() > 0;
        System.out.println(isAsDescribed ? "as described" : "CHANGED");
        System.exit(isAsDescribed ? 0 : 1);
    }
}
JAVA
"$JAVA_HOME/bin/java" Pieces.java "$(cat port)"
