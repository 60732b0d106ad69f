import assert from "node:assert/strict";
import { test } from "node:test";
import type { Drop } from "../src/drop.js";
import { isTransport, type SessionEnd } from "../src/transport/transport.js";
import { type WebSocketConnection, webSocketOpener } from "../src/transport/web-socket.js";

// Node 20 has no WebSocket: a fake, and the real one is met in e2e, with a browser.

class FakeWebSocket implements WebSocketConnection {
    static last: FakeWebSocket;
    binaryType = "blob";
    bufferedAmount = 0;
    onopen: (() => void) | null = null;
    onmessage: ((event: { data: unknown }) => void) | null = null;
    onclose: ((event: { code: number; reason: string }) => void) | null = null;
    readonly sent: Uint8Array[] = [];
    closedWith: unknown[] | undefined;

    constructor(
        readonly url: string,
        readonly protocol: string,
    ) {
        FakeWebSocket.last = this;
    }

    send(data: Uint8Array): void {
        this.sent.push(data);
    }

    close(code?: number, reason?: string): void {
        this.closedWith = [code, reason];
    }
}

function request(timeoutMillis = 5000) {
    return {
        url: "wss://play.example.org/hawser",
        certificateHashes: [],
        timeoutMillis,
        signal: new AbortController().signal,
    };
}

async function opened() {
    const packets: Uint8Array[] = [];
    const drops: Drop[] = [];
    const ends: SessionEnd[] = [];
    const opening = webSocketOpener(FakeWebSocket)(request(), {
        packet: (packet) => void packets.push(packet),
        dropped: (drop) => void drops.push(drop),
        ended: (end) => void ends.push(end),
    });
    const socket = FakeWebSocket.last;
    socket.onopen?.();
    const transport = await opening;
    assert.ok(isTransport(transport));
    return { transport, socket, packets, drops, ends };
}

const NOTHING = { packet: () => {}, dropped: () => {}, ended: () => {} };

test("the subprotocol is offered, and messages are packets", async () => {
    const { transport, socket, packets } = await opened();
    assert.equal(socket.protocol, "hawser");
    assert.equal(socket.binaryType, "arraybuffer");
    assert.equal(transport.send(new Uint8Array(1225)), "datagram");
    assert.equal(socket.sent.length, 1);
    socket.onmessage?.({ data: Uint8Array.of(1, 2).buffer });
    assert.deepEqual(packets, [Uint8Array.of(1, 2)]);
});

test("text, empty and overlong messages are dropped and counted", async () => {
    const { socket, packets, drops } = await opened();
    socket.onmessage?.({ data: "text" });
    socket.onmessage?.({ data: new ArrayBuffer(0) });
    socket.onmessage?.({ data: new ArrayBuffer(1233) });
    socket.onmessage?.({ data: new ArrayBuffer(1232) });
    assert.deepEqual(drops, ["not-binary", "wrong-size", "wrong-size"]);
    assert.equal(packets.length, 1);
});

test("a connection that is stuck takes no more packets", async () => {
    const { transport, socket } = await opened();
    socket.bufferedAmount = 65_537;
    assert.equal(transport.send(Uint8Array.of(1)), "full");
    assert.equal(socket.sent.length, 0);
});

test("however much waits, the disconnects behind it find room", async () => {
    const { transport, socket } = await opened();
    socket.bufferedAmount = 65_537;
    assert.equal(transport.send(Uint8Array.of(0x15)), "full");
    assert.equal(transport.send(Uint8Array.of(0x16)), "datagram");
    socket.bufferedAmount = 65_536 + 10 * 1225 + 1;
    assert.equal(transport.send(Uint8Array.of(0x16)), "full");
});

test("the server's close is told with code and reason", async () => {
    const { socket, ends } = await opened();
    socket.onclose?.({ code: 1001, reason: "going\u0000 away" });
    assert.deepEqual(ends, [{ code: 1001, text: "going away" }]);
});

test("closing says 1000, or 4000 and the code where it is one of Hawser's", async () => {
    for (const [code, expected] of [
        [0, 1000],
        [4, 4004],
        [999, 4999],
        [1000, 1000],
        [65535, 1000],
    ] as const) {
        const { transport, socket, ends } = await opened();
        transport.close(code, "x".repeat(200));
        assert.deepEqual(socket.closedWith, [expected, "x".repeat(123)]);
        socket.onclose?.({ code: 1005, reason: "" });
        assert.deepEqual(ends, []);
    }
});

test("what does not come about is told as it is", async () => {
    const missing = await webSocketOpener(undefined)(request(), NOTHING);
    assert.ok(!isTransport(missing) && missing.problem === "unsupported");

    const failing = webSocketOpener(FakeWebSocket)(request(), NOTHING);
    FakeWebSocket.last.onclose?.({ code: 1006, reason: "" });
    const failed = await failing;
    assert.ok(!isTransport(failed) && failed.problem === "failed");
    assert.equal(failed.message, "closed with code 1006");

    const late = await webSocketOpener(FakeWebSocket)(request(10), NOTHING);
    assert.ok(!isTransport(late) && late.problem === "timed-out");
    assert.ok(FakeWebSocket.last.closedWith);

    class Refusing extends FakeWebSocket {
        constructor() {
            super("", "");
            throw new Error("mixed content");
        }
    }
    const refused = await webSocketOpener(Refusing)(request(), NOTHING);
    assert.ok(!isTransport(refused) && refused.problem === "refused-by-browser");
});
