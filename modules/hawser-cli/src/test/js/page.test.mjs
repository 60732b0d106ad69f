// The page's modules that need no browser: `node --test`, which PageScriptsTest runs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const page = (name) => import(new URL(`../../main/resources/dev/hawser/cli/arena/${name}`, import.meta.url));
const { Figures, isLost } = await page("figures.js");
const { Interpolation } = await page("interpolation.js");
const { read, writeHello, writeInput, writePing } = await page("wire.js");
const { Weather } = await page("weather.js");

const messages = Object.fromEntries(
    readFileSync(new URL("../resources/dev/hawser/cli/arena/messages.properties", import.meta.url), "utf8")
        .split("\n")
        .filter((line) => line.includes(" = "))
        .map((line) => line.split(" = "))
        .map(([name, hex]) => [name, new Uint8Array(Buffer.from(hex, "hex"))]),
);

test("a snapshot of the server's is read", () => {
    assert.deepEqual(read(messages.snapshot), {
        snapshot: {
            sequence: 0x01020304,
            you: 2,
            inputSequence: 600,
            inputsReceived: 590,
            starX: 123.5,
            starY: 876.25,
            dots: [
                { id: 1, wayIn: 0, score: 0, x: 20, y: 980, velocityX: 0, velocityY: 0 },
                { id: 2, wayIn: 2, score: 300, x: 512, y: 1000, velocityX: -330, velocityY: 12.5 },
                { id: 65535, wayIn: 3, score: 65535, x: 0, y: 0.25, velocityX: 400, velocityY: -1 },
            ],
        },
    });
});

test("a snapshot is read wherever it lies in its buffer", () => {
    const around = new Uint8Array(messages.snapshot.length + 9);
    around.set(messages.snapshot, 5);
    assert.deepEqual(read(around.subarray(5, 5 + messages.snapshot.length)), read(messages.snapshot));
});

test("what is no message of the arena is nothing", () => {
    for (let length = 0; length < messages.snapshot.length; length++) {
        assert.equal(read(messages.snapshot.subarray(0, length)), undefined, `${length} bytes`);
    }
    assert.equal(read(new Uint8Array([9, 9, 9])), undefined);
    assert.equal(read(messages.pong.subarray(0, 4)), undefined);
});

test("the rest is read and written as the server does it", () => {
    assert.deepEqual([...read(messages.roster).roster], [[1, "Host"], [515, "Möwe ⚓"]]);
    assert.deepEqual(read(messages.pong), { pong: 0xfffffffe });
    assert.deepEqual(writePing(0xfffffffe), messages.ping);
    assert.deepEqual(writeInput(7, { x: -1, y: 0.5 }, undefined), messages.direction);
    assert.deepEqual(writeInput(0xfffffffe, { x: 0, y: 0 }, { x: 1000, y: 0.25 }), messages.target);
    assert.deepEqual(writeHello("Möwe ⚓"), messages.hello);
});

const INTERVAL = 1000 / 30;

function moving(sequence, speed = 300) {
    const dot = { id: 1, wayIn: 1, score: 0, x: 100 + (speed * sequence) / 30, y: 50, velocityX: speed, velocityY: 0 };
    return { sequence, you: 1, inputSequence: sequence, inputsReceived: sequence, starX: 0, starY: 0, dots: [dot] };
}

/** There and back, so that to go on as before is soon wrong. */
function swinging(sequence) {
    const time = sequence / 30;
    const dot = {
        ...moving(sequence).dots[0],
        x: 500 + 60 * Math.sin(6 * time),
        velocityX: 360 * Math.cos(6 * time),
    };
    return { ...moving(sequence), dots: [dot] };
}

test("a dot moves smoothly between snapshots, also when some are missing or late", () => {
    const interpolation = new Interpolation();
    const arrivals = [];
    for (let sequence = 1; sequence <= 120; sequence++) {
        if (sequence % 5 !== 3) {
            // From the middle on, some come late.
            const lateness = sequence > 60 && sequence % 7 === 0 ? 45 : 0;
            arrivals.push({ at: sequence * INTERVAL + lateness, sequence });
        }
    }
    arrivals.sort((a, b) => a.at - b.at);
    const places = [];
    for (let now = 0; now < 120 * INTERVAL; now += 1000 / 60) {
        while (arrivals[0]?.at <= now) {
            interpolation.add(swinging(arrivals.shift().sequence), now);
        }
        places.push(interpolation.at(now)?.dots[0].x);
    }
    for (let i = 92; i < places.length; i++) {
        // The swing itself makes 0.6 of it, time that runs unevenly as much again, and a
        // guess that was wrong the rest.
        const bend = Math.abs(places[i] - 2 * places[i - 1] + places[i - 2]);
        assert.ok(bend < 3, `a bend of ${bend} at picture ${i}`);
    }
});

test("a dot goes on for a while when nothing is heard, then stays", () => {
    const interpolation = new Interpolation();
    for (let sequence = 1; sequence <= 10; sequence++) {
        interpolation.add(moving(sequence), sequence * INTERVAL);
    }
    const last = moving(10).dots[0].x;
    const stopped = interpolation.at(5000).dots[0].x;
    assert.ok(stopped > last + 20 && stopped < last + 100, `${stopped} after ${last}`);
    assert.equal(interpolation.at(6000).dots[0].x, stopped);
});

test("before anything was heard there is nothing to draw", () => {
    assert.equal(new Interpolation().at(1000), undefined);
});

test("loss is counted from gaps in the snapshots and from what the server received", () => {
    const figures = new Figures();
    assert.equal(figures.lossDown(), undefined);
    assert.equal(figures.lossUp(), undefined);
    for (let sequence = 1; sequence <= 90; sequence++) {
        if (sequence % 10 !== 5) {
            const received = Math.floor(sequence * 2 * 0.8);
            figures.snapshot(
                { ...moving(sequence), inputSequence: 2 * sequence, inputsReceived: received },
                sequence * INTERVAL,
            );
        }
    }
    assert.ok(Math.abs(figures.lossDown() - 0.1) < 0.01, String(figures.lossDown()));
    assert.ok(Math.abs(figures.lossUp() - 0.2) < 0.02, String(figures.lossUp()));
});

test("round trips are measured ping by ping, and one that does not come back is lost", () => {
    const figures = new Figures();
    const first = figures.ping(0);
    const second = figures.ping(100);
    figures.pong(first, 40);
    figures.pong(first, 90);
    assert.equal(figures.roundTrip(), 40);
    assert.deepEqual(figures.roundTrips.map((trip) => trip.millis), [40, undefined]);
    assert.equal(isLost(figures.roundTrips[1], 1000), false);
    assert.equal(isLost(figures.roundTrips[1], 3000), true);
    for (let now = 200; now <= 60_000; now += 100) {
        figures.pong(figures.ping(now), now + 20);
    }
    figures.pong(second, 60_001);
    assert.ok(figures.roundTrips.length <= 301);
    assert.ok(Math.abs(figures.roundTrip() - 20) < 0.1);
});

test("rates are packets a second", () => {
    const figures = new Figures();
    for (let now = 0; now <= 5000; now += 200) {
        figures.counted((now * 30) / 1000, (now * 60) / 1000, now);
    }
    const { down, up } = figures.rates();
    assert.ok(Math.abs(down - 30) < 0.01 && Math.abs(up - 60) < 0.01);
});

/** A session under the weather: what was sent into it, and what came out. */
async function session(weather) {
    const log = { sent: [], received: [], ended: 0, closed: false };
    const inner = {
        kind: "web-transport",
        datagramBytesMax: () => 1200,
        send: (packet) => log.sent.push(packet[0]),
        close: () => {
            log.closed = true;
        },
    };
    let events;
    const open = weather.over(async (_, given) => {
        events = given;
        return inner;
    });
    const outer = await open({}, {
        packet: (packet) => log.received.push(packet[0]),
        dropped: () => {},
        ended: () => log.ended++,
    });
    return { log, outer, events };
}

test("in fine weather packets pass at once", async () => {
    const { log, outer, events } = await session(new Weather());
    assert.equal(outer.send(new Uint8Array([1])), "datagram");
    assert.equal(outer.send(new Uint8Array(1220)), "stream");
    events.packet(new Uint8Array([2]));
    assert.deepEqual(log.sent, [1, 0]);
    assert.deepEqual(log.received, [2]);
});

test("in bad weather packets are late or lost, each way", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const weather = new Weather();
    weather.conditions = { latency: 50, jitter: 0, loss: 0 };
    const { log, outer, events } = await session(weather);
    outer.send(new Uint8Array([1]));
    events.packet(new Uint8Array([2]));
    t.mock.timers.tick(49);
    assert.deepEqual([log.sent, log.received], [[], []]);
    t.mock.timers.tick(1);
    assert.deepEqual([log.sent, log.received], [[1], [2]]);
    weather.conditions = { latency: 0, jitter: 0, loss: 1 };
    outer.send(new Uint8Array([3]));
    events.packet(new Uint8Array([4]));
    t.mock.timers.tick(1000);
    assert.deepEqual([log.sent, log.received], [[1], [2]]);
});

test("what says goodbye leaves before the session closes, and nothing follows", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const weather = new Weather();
    weather.conditions = { latency: 300, jitter: 0, loss: 0 };
    const { log, outer, events } = await session(weather);
    events.packet(new Uint8Array([2]));
    outer.send(new Uint8Array([1]));
    outer.close(0, "");
    assert.deepEqual([log.sent, log.closed], [[1], true]);
    events.ended({ code: 0, text: "" });
    t.mock.timers.tick(1000);
    assert.deepEqual([log.sent, log.received, log.ended], [[1], [], 0]);
});

test("the end comes behind the packets before it", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const weather = new Weather();
    weather.conditions = { latency: 100, jitter: 50, loss: 0 };
    const { log, events } = await session(weather);
    events.packet(new Uint8Array([2]));
    events.ended({ code: 0, text: "" });
    t.mock.timers.tick(149);
    assert.equal(log.ended, 0);
    t.mock.timers.tick(1);
    assert.deepEqual([log.received, log.ended], [[2], 1]);
});

test("what could not be opened stays what it is", async () => {
    const failure = { transport: "web-transport", problem: "failed" };
    assert.equal(await new Weather().over(async () => failure)({}, {}), failure);
});

test("a session that is cut ends at once, and says no goodbye", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const weather = new Weather();
    weather.conditions = { latency: 300, jitter: 0, loss: 0 };
    const { log, outer, events } = await session(weather);
    outer.send(new Uint8Array([1]));
    events.packet(new Uint8Array([2]));
    weather.cut();
    assert.deepEqual([log.closed, log.ended], [true, 1]);
    events.packet(new Uint8Array([3]));
    events.ended({ code: 0, text: "" });
    t.mock.timers.tick(1000);
    weather.cut();
    assert.deepEqual([log.sent, log.received, log.ended], [[], [], 1]);
});

test("a session that was closed is not cut", async () => {
    const weather = new Weather();
    const { log, outer } = await session(weather);
    outer.close(0, "");
    weather.cut();
    assert.equal(log.ended, 0);
});
