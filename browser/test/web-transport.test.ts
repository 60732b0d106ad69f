import assert from "node:assert/strict";
import { test } from "node:test";
import type { Drop } from "../src/drop.js";
import { isTransport, type SessionEnd, type TransportEvents } from "../src/transport/transport.js";
import { type WebTransportSession, webTransportOpener } from "../src/transport/web-transport.js";
import { settled } from "./world.js";

// Node has no WebTransport: these sessions are fakes made of real streams. Real ones are met in
// e2e, with a browser.

type Options = { serverCertificateHashes?: { algorithm: string; value: Uint8Array }[] };

class FakeWebTransport implements WebTransportSession {
    static last: FakeWebTransport;
    readonly written: Uint8Array[] = [];
    readonly streamed: Uint8Array[] = [];
    closedWith: unknown;
    accept: () => void = () => {};
    refuse: (thrown: unknown) => void = () => {};
    endWith: (info: { closeCode: number; reason: string }) => void = () => {};
    breakWith: (thrown: unknown) => void = () => {};
    incoming!: ReadableStreamDefaultController<Uint8Array>;
    incomingStreams!: ReadableStreamDefaultController<ReadableStream<Uint8Array>>;
    isStuck = false;
    isBroken = false;

    readonly ready = new Promise<void>((accept, refuse) => {
        this.accept = accept;
        this.refuse = refuse;
    });
    readonly closed = new Promise<{ closeCode: number; reason: string }>((end, fail) => {
        this.endWith = end;
        this.breakWith = fail;
    });
    readonly datagrams = {
        readable: new ReadableStream<Uint8Array>({
            start: (controller) => {
                this.incoming = controller;
            },
        }),
        writable: new WritableStream<Uint8Array>({
            write: async (packet) => {
                if (this.isBroken) {
                    throw new Error("no such thing");
                }
                this.written.push(packet);
                if (this.isStuck) {
                    await new Promise(() => {});
                }
            },
        }),
        maxDatagramSize: 1211,
        incomingHighWaterMark: 1,
    };
    readonly incomingUnidirectionalStreams = new ReadableStream<ReadableStream<Uint8Array>>({
        start: (controller) => {
            this.incomingStreams = controller;
        },
    });

    constructor(
        readonly url: string,
        readonly options?: Options,
    ) {
        FakeWebTransport.last = this;
    }

    async createUnidirectionalStream(): Promise<WritableStream<Uint8Array>> {
        const chunks: Uint8Array[] = [];
        return new WritableStream({
            write: async (chunk) => {
                chunks.push(chunk);
                if (this.isStuck) {
                    await new Promise(() => {});
                }
            },
            close: () => void this.streamed.push(Uint8Array.from(Buffer.concat(chunks))),
        });
    }

    close(info?: { closeCode?: number; reason?: string }): void {
        this.closedWith = info;
    }
}

class Heard implements TransportEvents {
    readonly packets: Uint8Array[] = [];
    readonly drops: Drop[] = [];
    readonly ends: SessionEnd[] = [];
    packet(packet: Uint8Array): void {
        this.packets.push(packet);
    }
    dropped(drop: Drop): void {
        this.drops.push(drop);
    }
    ended(end: SessionEnd): void {
        this.ends.push(end);
    }
}

function request(members: { hashes?: Uint8Array<ArrayBuffer>[]; timeoutMillis?: number } = {}) {
    const giveUp = new AbortController();
    return {
        url: "https://127.0.0.1:7778/hawser",
        certificateHashes: members.hashes ?? [],
        timeoutMillis: members.timeoutMillis ?? 5000,
        signal: giveUp.signal,
        giveUp,
    };
}

async function opened() {
    const heard = new Heard();
    const opening = webTransportOpener(FakeWebTransport)(request(), heard);
    const session = FakeWebTransport.last;
    session.accept();
    const transport = await opening;
    assert.ok(isTransport(transport));
    return { transport, session, heard };
}

function streamOf(...chunks: Uint8Array[]): ReadableStream<Uint8Array> {
    return new ReadableStream({
        start(controller) {
            for (const chunk of chunks) {
                controller.enqueue(chunk);
            }
            controller.close();
        },
    });
}

async function waitFor(isTrue: () => boolean): Promise<void> {
    for (let i = 0; i < 1000 && !isTrue(); i++) {
        await new Promise((done) => setTimeout(done, 5));
    }
    assert.ok(isTrue());
}

test("the URL says that this client reads streams; hashes are given only where there are some", async () => {
    const { session } = await opened();
    assert.equal(session.url, "https://127.0.0.1:7778/hawser?streams=1");
    assert.equal(session.options, undefined);
    void webTransportOpener(FakeWebTransport)(
        request({ hashes: [new Uint8Array(32).fill(7)] }),
        new Heard(),
    );
    assert.deepEqual(FakeWebTransport.last.options, {
        serverCertificateHashes: [{ algorithm: "sha-256", value: new Uint8Array(32).fill(7) }],
    });
    FakeWebTransport.last.accept();
});

test("datagrams go both ways", async () => {
    const { transport, session, heard } = await opened();
    assert.equal(session.datagrams.incomingHighWaterMark, 1024, "for a page that is busy");
    assert.equal(transport.send(new Uint8Array(1211)), "datagram");
    session.incoming.enqueue(Uint8Array.of(1, 2));
    session.incoming.enqueue(new Uint8Array(0));
    session.incoming.enqueue(new Uint8Array(1233));
    await settled();
    assert.equal(session.written.length, 1);
    assert.deepEqual(heard.packets, [Uint8Array.of(1, 2)]);
    assert.deepEqual(heard.drops, ["wrong-size", "wrong-size"]);
});

test("what is larger than a datagram may be at the moment goes on a stream of its own", async () => {
    const { transport, session } = await opened();
    assert.equal(transport.send(new Uint8Array(1212)), "stream");
    session.datagrams.maxDatagramSize = 1000;
    assert.equal(transport.send(new Uint8Array(1001)), "stream");
    session.datagrams.maxDatagramSize = 1225;
    assert.equal(transport.send(new Uint8Array(1225)), "datagram");
    await settled();
    assert.deepEqual(
        session.streamed.map(({ length }) => length),
        [1212, 1001],
    );
});

test("a stream carries one packet of at most 1225 bytes", async () => {
    const { session, heard } = await opened();
    session.incomingStreams.enqueue(streamOf(new Uint8Array(1000), new Uint8Array(225)));
    session.incomingStreams.enqueue(streamOf(new Uint8Array(1000), new Uint8Array(226)));
    session.incomingStreams.enqueue(streamOf());
    await settled();
    assert.deepEqual(
        heard.packets.map(({ length }) => length),
        [1225],
    );
    assert.deepEqual(heard.drops.sort(), ["wrong-size", "wrong-size"]);
});

test("a stream that fails half way is dropped, and the next is read", async () => {
    const { session, heard } = await opened();
    session.incomingStreams.enqueue(
        new ReadableStream({
            pull(controller) {
                controller.error(new Error("reset"));
            },
        }),
    );
    session.incomingStreams.enqueue(streamOf(Uint8Array.of(1)));
    await settled();
    assert.equal(heard.packets.length, 1);
    assert.deepEqual(heard.drops, ["stream-limit"]);
});

test("streams that never end are bounded", async () => {
    const { session, heard } = await opened();
    for (let i = 0; i < 70; i++) {
        session.incomingStreams.enqueue(new ReadableStream());
    }
    await settled();
    assert.equal(heard.drops.length, 6);
});

test("when the browser takes no more, packets are refused and not piled up", async () => {
    const { transport, session } = await opened();
    session.isStuck = true;
    const outcomes = Array.from({ length: 300 }, () => transport.send(Uint8Array.of(1)));
    assert.equal(outcomes.filter((outcome) => outcome === "datagram").length, 256);
    assert.equal(outcomes.at(-1), "full");
    const streams = Array.from({ length: 70 }, () => transport.send(new Uint8Array(1225)));
    assert.equal(streams.filter((outcome) => outcome === "stream").length, 64);
});

test("however many payloads wait, the ten disconnects behind them find room", async () => {
    const { transport, session } = await opened();
    session.isStuck = true;
    while (transport.send(Uint8Array.of(0x15)) !== "full") {
        // The game goes on.
    }
    // Keep-alives are none.
    assert.equal(transport.send(Uint8Array.of(0x14)), "full");
    const ends = Array.from({ length: 11 }, () => transport.send(Uint8Array.of(0x16)));
    assert.deepEqual(ends, [...Array(10).fill("datagram"), "full"]);
});

test("a failed write is a lost packet and nothing else", async () => {
    const { transport, session, heard } = await opened();
    session.createUnidirectionalStream = async () => {
        throw new Error("no more streams");
    };
    transport.send(new Uint8Array(1225));
    await settled();
    assert.equal(transport.send(Uint8Array.of(1)), "datagram");
    assert.deepEqual(heard.ends, []);
});

test("the server's close is told with code and reason, once what came before was read", async () => {
    const { session, heard } = await opened();
    for (let i = 0; i < 50; i++) {
        session.incoming.enqueue(Uint8Array.of(i));
    }
    session.incoming.close();
    session.endWith({ closeCode: 3, reason: "bye\u202e" });
    await waitFor(() => heard.ends.length > 0);
    assert.equal(heard.packets.length, 50);
    assert.deepEqual(heard.ends, [{ code: 3, text: "bye" }]);
});

test("a session that breaks is told with what the browser says", async () => {
    const { session, heard } = await opened();
    session.incoming.error(new Error("gone"));
    session.breakWith(new Error("Connection lost."));
    await waitFor(() => heard.ends.length > 0);
    assert.deepEqual(heard.ends, [{ code: 0, text: "Connection lost." }]);
});

test("closing waits for what was sent, and tells nothing", async () => {
    const { transport, session, heard } = await opened();
    transport.send(Uint8Array.of(9));
    transport.close(7, "é".repeat(600));
    await waitFor(() => session.closedWith !== undefined);
    assert.deepEqual(session.closedWith, { closeCode: 7, reason: "é".repeat(512) });
    assert.equal(session.written.length, 1);
    session.incoming.enqueue(Uint8Array.of(1));
    session.endWith({ closeCode: 0, reason: "" });
    await settled();
    assert.deepEqual(heard, new Heard());
});

test("closing does not wait for ever for a browser that is stuck", async () => {
    const { transport, session } = await opened();
    session.isStuck = true;
    transport.send(Uint8Array.of(9));
    transport.close(0, "");
    await waitFor(() => session.closedWith !== undefined);
});

test("what does not come about is told as it is", async () => {
    const missing = await webTransportOpener(undefined)(request(), new Heard());
    assert.ok(!isTransport(missing) && missing.problem === "unsupported");

    class Refusing extends FakeWebTransport {
        constructor(url: string) {
            super(url);
            throw new SyntaxError("bad hashes");
        }
    }
    const refused = await webTransportOpener(Refusing)(request(), new Heard());
    assert.ok(!isTransport(refused) && refused.problem === "refused-by-browser");
    assert.equal(refused.message, "bad hashes");

    const failing = webTransportOpener(FakeWebTransport)(request(), new Heard());
    FakeWebTransport.last.refuse(new Error("Opening handshake failed."));
    FakeWebTransport.last.breakWith(new Error("Opening handshake failed."));
    const failed = await failing;
    assert.ok(!isTransport(failed) && failed.problem === "failed");
    assert.equal(failed.message, "Opening handshake failed.");

    const late = await webTransportOpener(FakeWebTransport)(
        request({ timeoutMillis: 10 }),
        new Heard(),
    );
    assert.ok(!isTransport(late) && late.problem === "timed-out");

    const given = request();
    const up = webTransportOpener(FakeWebTransport)(given, new Heard());
    given.giveUp.abort();
    const result = await up;
    assert.ok(!isTransport(result) && result.problem === "ended");
});

test("one that is still being opened is never closed, and who asks again goes on waiting", async () => {
    const open = webTransportOpener(FakeWebTransport);
    const late = await open(request({ timeoutMillis: 1 }), new Heard());
    assert.ok(!isTransport(late));
    const first = FakeWebTransport.last;
    const given = request();
    const abandoned = open(given, new Heard());
    assert.equal(FakeWebTransport.last, first);
    given.giveUp.abort();
    await abandoned;
    assert.equal(first.closedWith, undefined);

    const other = open(request({ hashes: [new Uint8Array(32)] }), new Heard());
    assert.notEqual(FakeWebTransport.last, first);
    FakeWebTransport.last.accept();
    assert.ok(isTransport(await other));

    const again = open(request(), new Heard());
    first.accept();
    const transport = await again;
    assert.ok(isTransport(transport));
    assert.equal(first.closedWith, undefined);
    transport.send(Uint8Array.of(1));
    await settled();
    assert.equal(first.written.length, 1);
});

test("one that stands when nobody waits any longer is closed then, and not used again", async () => {
    const open = webTransportOpener(FakeWebTransport);
    await open(request({ timeoutMillis: 1 }), new Heard());
    const first = FakeWebTransport.last;
    first.accept();
    await settled();
    assert.deepEqual(first.closedWith, { closeCode: 0, reason: "" });

    const failing = open(request({ timeoutMillis: 1 }), new Heard());
    await failing;
    const second = FakeWebTransport.last;
    assert.notEqual(second, first);
    second.refuse(new Error("Opening handshake failed."));
    await settled();
    void open(request(), new Heard());
    assert.notEqual(FakeWebTransport.last, second);
});

test("a packet that the browser could not send is counted", async () => {
    const { transport, session, heard } = await opened();
    session.isBroken = true;
    assert.equal(transport.send(Uint8Array.of(1)), "datagram");
    await settled();
    assert.deepEqual(heard.drops, ["not-written"]);
});

test("a browser with createWritable in place of writable is understood", async () => {
    const heard = new Heard();
    const opening = webTransportOpener(FakeWebTransport)(request(), heard);
    const session = FakeWebTransport.last;
    const { writable } = session.datagrams;
    Object.assign(session.datagrams, { writable: undefined, createWritable: () => writable });
    session.accept();
    const transport = await opening;
    assert.ok(isTransport(transport));
    transport.send(Uint8Array.of(1));
    await settled();
    assert.equal(session.written.length, 1);
});
