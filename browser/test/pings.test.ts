import assert from "node:assert/strict";
import { test } from "node:test";
import { ArrivalJitter } from "../src/machine/arrival-jitter.js";
import { OutboundLoss } from "../src/machine/outbound-loss.js";
import { PingClock } from "../src/machine/ping-clock.js";
import { NOTHING_TO_ECHO, type Ping, readPing, writePing } from "../src/wire/ping-body.js";
import { PacketType } from "../src/wire/wire.js";
import { fromServer, Guest, mint, STRANGER } from "./rig.js";

// docs/extension.md "Ping", the client's side.

const FIRST: Ping = {
    sentMicros: 77,
    echoMicros: 0,
    heldMicros: NOTHING_TO_ECHO,
    receivedCount: 2,
    receivedSequence: 5n,
};

function guest(): Guest {
    const guest = new Guest();
    guest.reachPath();
    return guest;
}

function hear(guest: Guest, sequence: bigint, ping: Partial<Ping> = {}): void {
    guest.hear(PacketType.PING, sequence, writePing({ ...FIRST, ...ping }));
}

function pings(guest: Guest): Ping[] {
    return guest
        .tick()
        .filter(({ type }) => type === PacketType.PING)
        .map(({ body }) => readPing(body));
}

test("a ping has 24 bytes in the order of its fields", () => {
    const body = writePing({
        sentMicros: 0x04030201,
        echoMicros: 0x08070605,
        heldMicros: 0x0c0b0a09,
        receivedCount: 0xffffff0d,
        receivedSequence: 0xf8f7f6f5f4f3f2f1n,
    });
    assert.deepEqual(
        [...body.subarray(0, 13)],
        Array.from({ length: 13 }, (_, at) => at + 1),
    );
    assert.equal(body.length, 24);
    assert.equal(body[16], 0xf1);
    assert.equal(readPing(body).receivedSequence, 0xf8f7f6f5f4f3f2f1n);
    assert.equal(readPing(body).receivedCount, 0xffffff0d);
});

test("a client answers a ping in the next update, and begins none", () => {
    const it = guest();
    it.pass(3000);
    assert.deepEqual(pings(it), []);
    const heardAt = it.nowMillis;
    hear(it, 1n);
    assert.ok(it.machine.nextTimeout() <= it.nowMillis);
    it.pass(12.5);
    const [ping, ...others] = pings(it);
    assert.deepEqual(others, []);
    assert.deepEqual(ping, {
        sentMicros: (heardAt + 12.5) * 1000,
        echoMicros: 77,
        heldMicros: 12_500,
        receivedCount: 2,
        receivedSequence: 1n,
    });
    assert.deepEqual(pings(it), []);
});

test("at most one answer in half a second; a second ping waits, and the wait is said", () => {
    const it = guest();
    hear(it, 1n);
    assert.equal(pings(it).length, 1);
    for (let i = 2n; i < 42n; i++) {
        it.pass(10);
        hear(it, i, { sentMicros: Number(i) });
        assert.deepEqual(pings(it), []);
    }
    it.pass(100);
    const [ping] = pings(it);
    assert.equal(ping?.echoMicros, 41);
    assert.equal(ping?.heldMicros, 100_000);
    assert.equal(ping?.receivedCount, 42);
});

test("the round trip is the time since the echoed ping without the time that it was held", () => {
    const it = guest();
    hear(it, 1n);
    const [ping] = pings(it);
    assert.ok(ping);
    it.pass(560);
    hear(it, 2n, { echoMicros: ping.sentMicros, heldMicros: 500_000 });
    assert.equal(it.machine.meter.roundTripMillis(), 7.5);
});

test("a client's round trip joins in with an eighth, from pings as from elsewhere", () => {
    const it = new Guest();
    it.connect(mint({ survivesMoves: true }));
    it.tick();
    it.pass(80);
    it.hearSlot();
    assert.equal(it.machine.meter.roundTripMillis(), 80);
    hear(it, 1n);
    const [ping] = pings(it);
    assert.ok(ping);
    it.pass(500);
    hear(it, 2n, { echoMicros: ping.sentMicros, heldMicros: 500_000 });
    assert.equal(it.machine.meter.roundTripMillis(), 70);
});

test("without a ping of its own, an echo, or with nonsense, there is no round trip", () => {
    const unasked = guest();
    hear(unasked, 1n, { heldMicros: 1 });
    assert.equal(unasked.machine.meter.roundTripMillis(), 0);

    const it = guest();
    hear(it, 1n);
    const [ping] = pings(it);
    assert.ok(ping);
    const before = it.machine.meter.roundTripMillis();
    it.pass(100);
    hear(it, 2n, { echoMicros: 0, heldMicros: NOTHING_TO_ECHO });
    hear(it, 3n, { echoMicros: ping.sentMicros, heldMicros: 100_001 });
    hear(it, 4n, { echoMicros: ping.sentMicros + 100_001, heldMicros: 0 });
    hear(it, 5n, { echoMicros: (ping.sentMicros - 60_000_000) >>> 0, heldMicros: 0 });
    assert.equal(it.machine.meter.roundTripMillis(), before);
    hear(it, 6n, { echoMicros: (ping.sentMicros - 59_900_000) >>> 0, heldMicros: 0 });
    assert.equal(it.machine.meter.roundTripMillis(), 7500);
});

test("an overtaken ping says nothing", () => {
    const it = guest();
    hear(it, 5n, { sentMicros: 500 });
    hear(it, 4n, { sentMicros: 400 });
    assert.equal(pings(it)[0]?.echoMicros, 500);
    assert.deepEqual(it.drops.counts(), {});
});

test("copied and forged pings, and those before the connection, are dropped and not answered", () => {
    const it = guest();
    const packet = fromServer(it.token, PacketType.PING, 1n, writePing(FIRST));
    it.receive(packet);
    assert.equal(pings(it).length, 1);
    it.pass(600);
    it.receive(packet);
    it.receive(fromServer(mint(), PacketType.PING, 2n, writePing(FIRST)));
    it.receive(fromServer(it.token, PacketType.PING, 3n, writePing(FIRST)), STRANGER);
    it.receive(fromServer(it.token, PacketType.PING, 4n, new Uint8Array(23)));
    assert.deepEqual(pings(it), []);
    assert.deepEqual(it.drops.counts(), {
        "already-received": 1,
        "not-authentic": 1,
        "wrong-address": 1,
        "wrong-size": 1,
    });
    const early = new Guest();
    early.connect(mint({ survivesMoves: true }));
    early.tick();
    hear(early, 1n);
    assert.deepEqual(pings(early), []);
    assert.deepEqual(early.drops.counts(), { "wrong-state": 1 });
});

test("pings come without a path id too", () => {
    const it = new Guest();
    it.reachConnected(mint({ survivesMoves: true }));
    hear(it, 1n);
    assert.equal(pings(it).length, 1);
});

test("times and counts go round at 2^32", () => {
    const clock = new PingClock();
    const late = 2 ** 32 / 1000 - 0.001;
    assert.equal(readPing(clock.write(late, 2 ** 32 + 3, 1n)).receivedCount, 3);
    const sentMicros = readPing(clock.write(late, 0, 1n)).sentMicros;
    assert.equal(sentMicros, 2 ** 32 - 1);
    const echo = writePing({ ...FIRST, echoMicros: sentMicros, heldMicros: 4_000 });
    assert.equal(clock.received(late + 24, 1n, echo), 20);
    assert.equal(readPing(clock.write(late + 25, 0, 1n)).heldMicros, 1_000);
    assert.equal(readPing(clock.write(late + 60_024, 0, 1n)).heldMicros, 60_000_000);
    assert.equal(readPing(clock.write(late + 60_024.1, 0, 1n)).heldMicros, NOTHING_TO_ECHO);
    clock.reset();
    assert.equal(readPing(clock.write(late, 0, 1n)).heldMicros, NOTHING_TO_ECHO);
});

// ---- Loss and jitter

test("the loss of what this side sent is told from two reports, over the latest numbers", () => {
    const loss = new OutboundLoss();
    loss.reported(10, 10n);
    loss.reported(40, 41n);
    assert.equal(loss.share(), undefined);
    loss.reported(34, 42n);
    assert.equal(loss.share(), 0.25);
    // A hundred lost at first fall out of sight.
    loss.reported(110, 210n);
    assert.equal(loss.share(), 0.5);
    loss.reported(240, 340n);
    loss.reported(370, 470n);
    assert.equal(loss.share(), 0);
    loss.reset();
    loss.reported(0, 500n);
    assert.equal(loss.share(), undefined);
});

test("a report of nonsense makes a share from 0 to 1", () => {
    const loss = new OutboundLoss();
    loss.reported(2 ** 32 - 1, 100n);
    loss.reported(49, 200n);
    assert.equal(loss.share(), 0.5);
    loss.reported(1000, 201n);
    assert.equal(loss.share(), 0);
    loss.reported(0, 0n);
    loss.reported(0, 2n ** 64n - 1n);
    assert.equal(loss.share(), 0);
    loss.reported(0, 2n ** 62n);
    assert.equal(loss.share(), 1);
});

test("a client's stats have what the server's pings say", () => {
    const it = guest();
    hear(it, 1n, { receivedCount: 0, receivedSequence: 0n });
    hear(it, 2n, { receivedCount: 90, receivedSequence: 100n });
    assert.ok(Math.abs((it.machine.meter.outboundLoss() ?? 0) - 0.1) < 1e-9);
});

test("jitter is the smoothed deviation of intervals from their mean", () => {
    const jitter = new ArrivalJitter();
    jitter.arrived(0, 1n);
    jitter.arrived(10, 2n);
    assert.equal(jitter.millis(), undefined);
    jitter.arrived(20, 3n);
    assert.equal(jitter.millis(), 0);
    // The mean is 10, the interval 26: a sixteenth of the difference.
    jitter.arrived(46, 4n);
    assert.equal(jitter.millis(), 1);
    // Late, of the same moment, and after a lost one.
    jitter.arrived(47, 2n);
    jitter.arrived(46, 5n);
    assert.equal(jitter.millis(), 1);
    jitter.arrived(46 + 22, 7n);
    assert.equal(jitter.millis(), 1 - 1 / 16);
    jitter.reset();
    assert.equal(jitter.millis(), undefined);
});
