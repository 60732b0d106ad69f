import assert from "node:assert/strict";
import { test } from "node:test";
import { browserPlatform } from "../src/client/platform.js";
import { PacketType } from "../src/wire/wire.js";
import { pathSlot, reset } from "./rig.js";
import { settled, World } from "./world.js";

/** A client whose server gave it a path id, as no server does over a browser's transports. */
async function onPath(world: World) {
    const client = world.client();
    const connecting = client.connect(world.answer({ survivesMoves: true }));
    await world.pass(300);
    assert.equal((await connecting).kind, "connected");
    world.session.say(PacketType.KEEP_ALIVE, pathSlot(3, 64));
    await settled();
    return client;
}

function requests(world: World): number {
    return world.session.types().filter((type) => type === PacketType.PATH_REQUEST).length;
}

test("a changed network is asked about at once, whoever noticed it", async () => {
    const world = new World();
    const client = await onPath(world);
    assert.equal(requests(world), 0);
    world.changeNetwork();
    assert.equal(requests(world), 1);
    client.networkChanged();
    assert.equal(requests(world), 2);
    await world.pass(1000);
    assert.ok(requests(world) > 10);
});

test("it is watched while there is a connection, and means nothing without", async () => {
    const world = new World();
    const client = world.client();
    client.networkChanged();
    assert.equal(world.listensForNetworkChange, false);
    const connecting = client.connect(world.answer());
    assert.ok(world.listensForNetworkChange);
    world.changeNetwork();
    await world.pass(300);
    await connecting;
    const before = world.session.received.length;
    world.changeNetwork();
    assert.equal(world.session.received.length, before);
    client.disconnect();
    assert.equal(world.listensForNetworkChange, false);
});

test("a client that the server has forgotten ends with a reason of its own", async () => {
    const world = new World();
    const client = await onPath(world);
    world.changeNetwork();
    world.session.events.packet(reset());
    assert.ok(client.state.kind === "disconnected");
    assert.equal(client.state.reason.kind, "forgotten-by-server");
    assert.match(client.state.reason.explanation, /^The server no longer has this connection/);
    assert.ok(world.session.closedWith);
});

test("a page that stood still until the server gave it up is told so", async () => {
    const world = new World();
    const client = await onPath(world);
    world.now += 8000;
    await world.pass(1000);
    world.session.events.packet(reset());
    assert.ok(client.state.kind === "disconnected");
    const { reason } = client.state;
    assert.ok(reason.kind === "forgotten-by-server" && reason.pausedMillis >= 8000);
    assert.match(reason.explanation, /stood still for 8\.\d s/);
    assert.match(reason.playerMessage, /asleep/);
});

test("figures of the server's pings stand in the stats", async () => {
    const world = new World();
    const client = await onPath(world);
    assert.equal(client.stats().outboundLoss, undefined);
    world.session.say(PacketType.PING, new Uint8Array(24));
    const later = new Uint8Array(24);
    later[12] = 75;
    later[16] = 100;
    world.session.say(PacketType.PING, later);
    await world.pass(30);
    world.session.say(PacketType.PAYLOAD, Uint8Array.of(1));
    await world.pass(30);
    assert.equal(client.stats().outboundLoss, 0.25);
    assert.ok((client.stats().jitterMillis ?? -1) >= 0);
});

test("the browser's platform hears of another network where the browser tells", () => {
    const connection = new EventTarget();
    const window = new EventTarget();
    const document = new EventTarget();
    const globals = {
        addEventListener: window.addEventListener.bind(window),
        removeEventListener: window.removeEventListener.bind(window),
        navigator: { connection },
        document,
    };
    const before = Object.entries(globals).map(
        ([name]) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
    );
    for (const [name, value] of Object.entries(globals)) {
        Object.defineProperty(globalThis, name, { value, configurable: true });
    }
    try {
        let changes = 0;
        const stop = browserPlatform().onNetworkChange(() => void changes++);
        window.dispatchEvent(new Event("online"));
        assert.equal(changes, 1);
        connection.dispatchEvent(new Event("change"));
        assert.equal(changes, 2);
        // A page that was frozen, and one that comes back from where the browser kept it.
        document.dispatchEvent(new Event("resume"));
        assert.equal(changes, 3);
        window.dispatchEvent(new Event("pageshow"));
        assert.equal(changes, 4);
        window.dispatchEvent(new Event("offline"));
        stop();
        document.dispatchEvent(new Event("resume"));
        window.dispatchEvent(new Event("pageshow"));
        window.dispatchEvent(new Event("online"));
        connection.dispatchEvent(new Event("change"));
        assert.equal(changes, 4);
        Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
        browserPlatform().onNetworkChange(() => void changes++)();
        window.dispatchEvent(new Event("online"));
        assert.equal(changes, 4);
    } finally {
        for (const [name, descriptor] of before) {
            if (descriptor === undefined) {
                delete (globalThis as Record<string, unknown>)[name];
            } else {
                Object.defineProperty(globalThis, name, descriptor);
            }
        }
    }
});

test("where there is no window, nothing is watched", () => {
    browserPlatform().onNetworkChange(() => {})();
});
