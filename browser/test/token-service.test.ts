import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { BadAnswerError, checkAnswer } from "../src/token/token-answer.js";
import { type TokenFailure, TokenFetchError } from "../src/token/token-failure.js";
import { tokenService } from "../src/token/token-service.js";
import { World } from "./world.js";

interface Reply {
    status: number;
    headers?: Record<string, string>;
    body: string;
}

interface Asked {
    readonly message: IncomingMessage;
    readonly body: string;
}

/** A real HTTP server on loopback, for the time of `use`. */
async function withService(
    reply: Reply | "never",
    use: (endpoint: string, asked: Asked[]) => Promise<void>,
): Promise<void> {
    const asked: Asked[] = [];
    const server = createServer(async (message, response) => {
        let body = "";
        for await (const chunk of message) {
            body += chunk;
        }
        asked.push({ message, body });
        if (reply !== "never") {
            response.writeHead(reply.status, reply.headers).end(reply.body);
        }
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    try {
        await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked);
    } finally {
        server.closeAllConnections();
        server.close();
    }
}

const signal = new AbortController().signal;

async function failureOf(reply: Reply | "never", timeoutMillis = 5000): Promise<TokenFailure> {
    let failure: TokenFailure | undefined;
    await withService(reply, async (endpoint) => {
        const source = tokenService({ endpoint, credential: "c", timeoutMillis });
        await assert.rejects(source(signal), (thrown) => {
            assert.ok(thrown instanceof TokenFetchError);
            failure = thrown.failure;
            return thrown.message.length > 20;
        });
    });
    assert.ok(failure);
    return failure;
}

function problem(detail: string): string {
    return JSON.stringify({ type: "about:blank", title: "t", status: 0, detail });
}

test("a token is asked for as the service wants it, and its answer is handed on", async () => {
    const answer = new World().answer();
    await withService({ status: 200, body: JSON.stringify(answer) }, async (endpoint, asked) => {
        const source = tokenService({
            endpoint,
            credential: async () => "secret",
            region: "eu",
            protocolId: 2n ** 64n - 1n,
        });
        assert.deepEqual(await source(signal), answer);
        assert.equal(asked[0]?.message.url, "/v1/connect-token");
        assert.equal(asked[0]?.message.method, "POST");
        assert.equal(asked[0]?.message.headers.authorization, "Bearer secret");
        assert.equal(asked[0]?.message.headers["content-type"], "application/json");
        assert.deepEqual(JSON.parse(asked[0]?.body ?? ""), {
            statesReasons: true,
            survivesMoves: true,
            region: "eu",
            protocolId: "18446744073709551615",
        });
    });
});

test("a token that resumes is asked for with the tag of the former one", async () => {
    const answer = new World().answer();
    await withService({ status: 200, body: JSON.stringify(answer) }, async (endpoint, asked) => {
        const source = tokenService({ endpoint, credential: "c" });
        const former = "000102030405060708090a0b0c0d0e0f";
        await source(signal, former);
        assert.equal(JSON.parse(asked[0]?.body ?? "").resumes, former);
        await source(signal);
        assert.ok(!("resumes" in JSON.parse(asked[1]?.body ?? "")));
    });
});

test("what the service refuses is typed, with what it said and when to come back", async () => {
    assert.deepEqual(await failureOf({ status: 401, body: problem("expired") }), {
        kind: "not-authenticated",
        said: "expired",
    });
    assert.deepEqual(await failureOf({ status: 403, body: problem("ban\u202ened") }), {
        kind: "forbidden",
        said: "banned",
    });
    const headers = { "retry-after": "17" };
    assert.deepEqual(await failureOf({ status: 429, headers, body: problem("slow") }), {
        kind: "too-many-requests",
        retryAfterSeconds: 17,
        said: "slow",
    });
    assert.deepEqual(await failureOf({ status: 503, headers, body: "<html>" }), {
        kind: "no-server",
        retryAfterSeconds: 17,
        said: "",
    });
    assert.deepEqual(await failureOf({ status: 422, body: "" }), {
        kind: "request-refused",
        status: 422,
        said: "",
    });
    assert.deepEqual(await failureOf({ status: 500, body: "[]" }), {
        kind: "service-failed",
        status: 500,
        said: "",
    });
});

test("what is no answer of a token service is typed", async () => {
    assert.equal((await failureOf({ status: 200, body: "<html>" })).kind, "unexpected-answer");
    assert.equal((await failureOf({ status: 200, body: "{}" })).kind, "unexpected-answer");
    const headers = { location: "https://elsewhere.example.org" };
    assert.equal((await failureOf({ status: 302, headers, body: "" })).kind, "unreachable");
});

test("a service that does not answer, or is not there, is typed", async () => {
    assert.deepEqual((await failureOf("never", 50)).kind, "timed-out");
    let gone = "";
    await withService("never", async (endpoint) => {
        gone = endpoint;
    });
    await assert.rejects(
        tokenService({ endpoint: gone, credential: "c" })(signal),
        /cannot be reached/,
    );
});

test("a credential that is none is not sent", async () => {
    await withService("never", async (endpoint, asked) => {
        for (const credential of [
            "",
            "two words",
            "line\nbreak",
            () => Promise.reject(new Error("log in")),
        ]) {
            await assert.rejects(tokenService({ endpoint, credential })(signal), /no credential/);
        }
        assert.equal(asked.length, 0);
    });
});

test("an endpoint is HTTPS, or HTTP on loopback", () => {
    for (const endpoint of [
        "http://play.example.org",
        "http://127.0.0.1.example.org",
        "ftp://127.0.0.1",
        "play.example.org",
        "",
    ]) {
        assert.throws(() => tokenService({ endpoint, credential: "c" }), TypeError, endpoint);
    }
    for (const endpoint of [
        "https://play.example.org/tokens/",
        "http://localhost:80",
        "http://[::1]:9",
    ]) {
        tokenService({ endpoint, credential: "c" });
    }
});

test("an answer that contradicts its token, or is odd in any member, is refused", () => {
    const good = new World().answer({}, { protocolId: `${0x1122334455667788n}` });
    const checked = checkAnswer({ ...good, servers: ["203.0.113.5:40000"], later: 1 });
    assert.equal(checked.clientId, 2n ** 64n - 1n);
    const web = good.web[0];
    for (const [members, problem] of [
        [{ token: "!" }, /not base64/],
        [{ token: "AAAA" }, /3 bytes/],
        [{ token: 5 }, /token is missing/],
        [{ clientId: 7 }, /clientId/],
        [{ clientId: "18446744073709551616" }, /clientId/],
        [{ protocolId: "1" }, /protocolId is not what its token says/],
        [{ servers: ["203.0.113.5:40001"] }, /servers is not what its token says/],
        [{ servers: [] }, /servers is not what its token says/],
        [{ web: {} }, /web is no list/],
        [{ web: [null] }, /web\[0\]\.server/],
        [{ web: [{ ...web, webTransport: "http://x" }] }, /webTransport begins with none/],
        [{ web: [{ ...web, webSocket: "https://x" }] }, /webSocket begins with none/],
        [{ web: [{ ...web, webSocket: "nonsense" }] }, /webSocket is no URL/],
        [{ webTransportCertificateHashes: ["ab"] }, /Hashes\[0\] is no SHA-256/],
    ] as const) {
        assert.throws(
            () => checkAnswer({ ...good, ...members }),
            (thrown) => thrown instanceof BadAnswerError && problem.test(thrown.message),
            JSON.stringify(members),
        );
    }
});

test("what goes wrong at one endpoint is tried at the next, and what is decided is not", async (t) => {
    t.mock.method(Math, "random", () => 0.99); // leaves endpoints in the order that they have here
    const good = { status: 200, body: JSON.stringify(new World().answer()) };
    const headers = { "retry-after": "60", location: "https://elsewhere.example.org" };
    for (const status of [500, 502, 503, 302, 200]) {
        await withService({ status, headers, body: "<html>" }, async (bad, askedBad) => {
            await withService(good, async (endpoint, askedGood) => {
                const source = tokenService({ endpoint: [bad, endpoint], credential: "c" });
                await source(signal);
                await source(signal); // at the one that worked
                assert.deepEqual([askedBad.length, askedGood.length], [1, 2], `${status}`);
            });
        });
    }
    for (const status of [400, 401, 403, 422, 429]) {
        await withService({ status, headers, body: "" }, async (strict) => {
            await withService(good, async (endpoint, askedGood) => {
                const source = tokenService({ endpoint: [strict, endpoint], credential: "c" });
                await assert.rejects(source(signal), TokenFetchError);
                assert.equal(askedGood.length, 0, `${status}`);
            });
        });
    }
});

test("an endpoint that is silent, or not there, is passed over, and found again", async (t) => {
    t.mock.method(Math, "random", () => 0.99);
    const asked: string[] = [];
    const away = new Set(["https://a", "https://c"]);
    const body = JSON.stringify(new World().answer());
    const source = tokenService({
        endpoint: ["https://a", "https://b", "https://c"],
        credential: "c",
        timeoutMillis: 30,
        fetch: async (url, init) => {
            const { origin } = new URL(`${url}`);
            asked.push(origin);
            init?.signal?.throwIfAborted();
            if (!away.has(origin)) {
                return new Response(body);
            }
            if (origin === "https://c") {
                throw new TypeError("nothing listens there");
            }
            return new Promise((_, reject) => {
                init?.signal?.addEventListener("abort", () => reject(new Error("aborted")));
            });
        },
    });
    await source(signal);
    assert.deepEqual(asked.splice(0), ["https://a", "https://b"]);
    away.add("https://b");
    away.delete("https://a");
    await source(signal);
    assert.deepEqual(asked.splice(0), ["https://b", "https://a"]);
    away.add("https://a");
    await assert.rejects(source(signal), /https:\/\/c\/v1\/connect-token cannot be reached/);
    assert.deepEqual(asked.splice(0), ["https://a", "https://b", "https://c"]);
    const leaving = new AbortController();
    leaving.abort();
    await assert.rejects(source(leaving.signal), TokenFetchError);
    assert.equal(asked.length, 1);
});

test("pages begin at different endpoints", async () => {
    const firsts = new Set<string>();
    for (let page = 0; page < 64; page++) {
        const source = tokenService({
            endpoint: ["https://a", "https://b"],
            credential: "c",
            fetch: async (url) => {
                firsts.add(new URL(`${url}`).origin);
                return new Response("", { status: 401 });
            },
        });
        await assert.rejects(source(signal), TokenFetchError);
    }
    assert.equal(firsts.size, 2);
});

test("there are 1 to 16 endpoints", () => {
    for (const count of [0, 17]) {
        const endpoint = Array.from({ length: count }, (_, i) => `https://play-${i}.example.org`);
        assert.throws(() => tokenService({ endpoint, credential: "c" }), TypeError);
    }
});
