import assert from "node:assert/strict";
import { test } from "node:test";
import { disconnectReason, type Facts } from "../src/client/disconnect-reason.js";
import type { TokenFailure } from "../src/token/token-failure.js";

const STATED = { code: 1234, retryAfterSeconds: 30, text: "too loud" };
const ENDPOINT = "https://play.example.org/v1/connect-token";

/** One of each kind: the compiler objects where one is missing. */
const FACTS: { readonly [Kind in Facts["kind"]]: Extract<Facts, { kind: Kind }> } = {
    "never-connected": { kind: "never-connected" },
    "client-left": { kind: "client-left", stated: STATED },
    "server-ended": { kind: "server-ended", stated: STATED },
    "server-stopped": { kind: "server-stopped", stated: STATED },
    moved: { kind: "moved", stated: STATED },
    replaced: { kind: "replaced", stated: STATED },
    "timed-out": { kind: "timed-out", timeoutSeconds: 5, pausedMillis: 0 },
    "request-timed-out": {
        kind: "request-timed-out",
        servers: ["203.0.113.5:7777"],
        timeoutSeconds: 5,
        pausedMillis: 0,
        failures: [],
    },
    "response-timed-out": {
        kind: "response-timed-out",
        servers: ["203.0.113.5:7777"],
        timeoutSeconds: 5,
        pausedMillis: 0,
    },
    denied: { kind: "denied", stated: STATED },
    "token-expired": { kind: "token-expired", lifetimeSeconds: 30n },
    "token-invalid": { kind: "token-invalid", detail: "it has 9 bytes" },
    "token-reused": { kind: "token-reused" },
    "token-fetch-failed": {
        kind: "token-fetch-failed",
        failure: { kind: "source-failed", detail: "it threw" },
    },
    "transport-failed": { kind: "transport-failed", failures: [], usedHashes: false },
    "transport-closed": {
        kind: "transport-closed",
        transport: "web-transport",
        code: 1006,
        text: "",
    },
    "forgotten-by-server": { kind: "forgotten-by-server", pausedMillis: 0 },
    "sequence-exhausted": { kind: "sequence-exhausted" },
};

const FAILURES: { readonly [Kind in TokenFailure["kind"]]: Extract<TokenFailure, { kind: Kind }> } =
    {
        "no-credential": { kind: "no-credential", detail: "it is empty" },
        unreachable: { kind: "unreachable", endpoint: ENDPOINT, detail: "refused" },
        "timed-out": { kind: "timed-out", endpoint: ENDPOINT, timeoutMillis: 10_000 },
        "not-authenticated": { kind: "not-authenticated", said: "" },
        forbidden: { kind: "forbidden", said: "banned" },
        "too-many-requests": { kind: "too-many-requests", retryAfterSeconds: 30, said: "" },
        "no-server": { kind: "no-server", retryAfterSeconds: 600, said: "" },
        "request-refused": { kind: "request-refused", status: 404, said: "" },
        "service-failed": { kind: "service-failed", status: 500, said: "" },
        "unexpected-answer": { kind: "unexpected-answer", detail: "it is no JSON" },
        "source-failed": { kind: "source-failed", detail: "it threw" },
    };

test("every reason has one plain sentence for the player", () => {
    const reasons: Facts[] = [
        ...Object.values(FACTS),
        ...Object.values(FAILURES).map(
            (failure): Facts => ({ kind: "token-fetch-failed", failure }),
        ),
    ];
    for (const facts of reasons) {
        const { playerMessage } = disconnectReason(facts);
        assert.match(playerMessage, /^[A-Z][^.]*[a-z]\.$/);
        assert.ok(playerMessage.length < 90, playerMessage);
        assert.doesNotMatch(
            playerMessage,
            /token|netcode|session|webt|udp|certificate|code|:\d|http/i,
        );
    }
});

test("the player reads what the game says, and not what Hawser says to logs", () => {
    const messageOf = (facts: Facts): string => disconnectReason(facts).playerMessage;
    const stated = (code: number, text: string, retryAfterSeconds = 0) => ({
        code,
        retryAfterSeconds,
        text,
    });
    assert.equal(
        messageOf(FACTS["server-ended"]),
        "The server has disconnected you: too loud; try again in 30 seconds.",
    );
    assert.equal(
        messageOf({ kind: "denied", stated: stated(5, "cheating!") }),
        "You are not allowed on this server: cheating!",
    );
    assert.equal(
        messageOf({ kind: "denied", stated: stated(1, "the server is full", 100) }),
        "The server is full; try again in 2 minutes.",
    );
    assert.equal(
        messageOf({ kind: "denied", stated: stated(6, "this player is connected already") }),
        "You are connected already.",
    );
    assert.equal(
        messageOf({ kind: "denied", stated: stated(0, "") }),
        "The server is full, or has not let you in.",
    );
    assert.equal(
        messageOf({ kind: "server-ended", stated: stated(0, "") }),
        "The server has disconnected you.",
    );
});

test("whoever runs the game is told of a pause, and of a player who is connected already", () => {
    const explanationOf = (facts: Facts): string => disconnectReason(facts).explanation;
    const pause = { pausedMillis: 6240 };
    assert.match(explanationOf({ ...FACTS["timed-out"], ...pause }), /stood still for 6\.2 s/);
    assert.match(explanationOf({ ...FACTS["request-timed-out"], ...pause }), /still for 6\.2 s/);
    assert.match(explanationOf({ ...FACTS["response-timed-out"], ...pause }), /still for 6\.2 s/);
    const forgotten: Facts = { kind: "forgotten-by-server", ...pause };
    assert.match(explanationOf(forgotten), /stood still for 6\.2 s/);
    assert.match(disconnectReason(forgotten).playerMessage, /asleep/);
    assert.doesNotMatch(explanationOf(FACTS["forgotten-by-server"]), /stood still/);
    assert.doesNotMatch(explanationOf(FACTS["request-timed-out"]), /stood still/);
    assert.match(explanationOf(FACTS["request-timed-out"]), /connected already/);
});
