import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ClientState } from "../src/machine/client-state.js";
import { connectionRequest, readConnectToken } from "../src/wire/connect-token.js";
import { PacketType } from "../src/wire/wire.js";
import { EMPTY, fromServer, Guest, mint, SERVER, STRANGER, slot, type Token } from "./rig.js";

/** The table that the Java machine is tested with: two machines, one set of rules. */
const TABLE = new URL(
    "../../../../modules/hawser-tests/src/test/resources/dev/hawser/tests/rules/client-transitions.txt",
    import.meta.url,
);

const TYPES = ["request", "denied", "challenge", "response", "keep-alive", "payload", "disconnect"];

function clientIn(state: ClientState): Guest {
    const guest = new Guest();
    guest.connect(
        state === ClientState.CONNECT_TOKEN_EXPIRED ? mint({ expire: 1n, create: 1n }) : mint(),
    );
    guest.tick();
    switch (state) {
        case ClientState.SENDING_CONNECTION_RESPONSE:
            guest.hearChallenge();
            break;
        case ClientState.CONNECTED:
            guest.hearSlot();
            break;
        case ClientState.DISCONNECTED:
            guest.hearSlot();
            guest.disconnect();
            break;
        case ClientState.CONNECTION_DENIED:
            guest.hear(PacketType.CONNECTION_DENIED, 1n);
            break;
        case ClientState.CONNECTION_REQUEST_TIMED_OUT:
            guest.idle(5001);
            break;
        case ClientState.CONNECTION_RESPONSE_TIMED_OUT:
            guest.hearChallenge();
            guest.idle(5001);
            break;
        case ClientState.CONNECTION_TIMED_OUT:
            guest.hearSlot();
            guest.idle(5001);
            break;
        case ClientState.INVALID_CONNECT_TOKEN:
            guest.machine.connect(guest.nowMillis, new Uint8Array(2048), () => {});
            break;
    }
    guest.tick();
    assert.equal(guest.machine.state, state);
    return guest;
}

function packetForClient(type: number, token: Token): Uint8Array {
    switch (type) {
        case PacketType.CONNECTION_REQUEST: {
            const read = readConnectToken(token.bytes);
            assert.ok(typeof read !== "string");
            return connectionRequest(read);
        }
        case PacketType.CONNECTION_CHALLENGE:
        case PacketType.CONNECTION_RESPONSE:
            return fromServer(token, type, 9n, new Uint8Array(308));
        case PacketType.KEEP_ALIVE:
            return fromServer(token, type, 9n, slot(2, 16));
        case PacketType.PAYLOAD:
            return fromServer(token, type, 9n, Uint8Array.of(1));
        default:
            return fromServer(token, type as PacketType, 9n, EMPTY);
    }
}

function nameOf(state: ClientState): string {
    const entry = Object.entries(ClientState).find(([, number]) => number === state);
    return (entry?.[0] ?? "").toLowerCase().replaceAll("_", " ");
}

function outcome(state: ClientState, type: number, from: string): string {
    const guest = clientIn(state);
    const token = from === "a forger" ? mint() : guest.token;
    const before = guest.drops.counts();
    const payload = guest.receive(
        packetForClient(type, token),
        from === "a stranger" ? STRANGER : SERVER,
    );
    const drop = Object.entries(guest.drops.counts()).find(
        ([name, count]) => count !== (before as Record<string, number>)[name],
    );
    guest.pass(101);
    const sent = guest.tick().map((packet) => TYPES[packet.type]);
    const after = guest.machine.state;
    return [
        nameOf(state),
        TYPES[type],
        from,
        drop ? `dropped: ${drop[0].replaceAll("-", " ")}` : "taken",
        after === state ? "=" : nameOf(after),
        (payload ? "delivers the payload, " : "") +
            (sent.length === 0 ? "sends nothing" : `sends ${sent.join(" and ")}`),
    ].join(" | ");
}

test("the machine does what the table says, for each packet in each state", () => {
    const expected = readFileSync(TABLE, "utf8")
        .split("\n")
        .filter((line) => line.trim() !== "" && !line.startsWith("#"))
        .map((line) =>
            line
                .split("|")
                .map((cell) => cell.trim())
                .join(" | "),
        );
    assert.equal(expected.length, 10 * 7 * 3);
    const actual: string[] = [];
    for (const state of Object.values(ClientState)) {
        for (const type of TYPES.keys()) {
            for (const from of ["the peer", "a stranger", "a forger"]) {
                actual.push(outcome(state, type, from));
            }
        }
    }
    assert.deepEqual(actual.sort(), expected.sort());
});
