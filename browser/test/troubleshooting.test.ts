import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { disconnectReason, type Facts } from "../src/client/disconnect-reason.js";
import type { StatedReason } from "../src/stated-reason.js";
import type { TokenFailure } from "../src/token/token-failure.js";
import type { TransportFailure } from "../src/transport/transport.js";

// The manual's page on troubleshooting has an entry for each sentence that an explanation can say,
// and none of the browser's for a sentence that nobody says. Hawser's Java has the same test.

const PAGE = readFileSync(new URL("../../../../docs/troubleshooting.md", import.meta.url), "utf8");
const BY_BROWSER = "*Browser:* ";

/** Examples of a union: the compiler asks for one of each kind. */
type Examples<T extends { readonly kind: string }> = {
    readonly [K in T["kind"]]: readonly Omit<Extract<T, { readonly kind: K }>, "kind">[];
};

function all<T extends { readonly kind: string }>(examples: Examples<T>): T[] {
    return Object.entries(examples).flatMap(([kind, list]) =>
        (list as readonly object[]).map((each) => ({ ...each, kind }) as unknown as T),
    );
}

const stated: StatedReason[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1000].flatMap((code) => [
    { code, retryAfterSeconds: 0, text: "" },
    { code, retryAfterSeconds: 30, text: "their words" },
]);
const states = stated.map((each) => ({ stated: each }));

const problems: Record<TransportFailure["problem"], true> = {
    unsupported: true,
    "refused-by-browser": true,
    failed: true,
    "timed-out": true,
    ended: true,
};
const failures = Object.keys(problems).map(
    (problem): TransportFailure => ({
        transport: "web-transport",
        url: "https://play.example.org/hawser",
        problem: problem as TransportFailure["problem"],
        message: "some error",
    }),
);

const service = { endpoint: "https://play.example.org", detail: "some error" };
const said = [{ said: "" }, { said: "their words" }];
const later = said.flatMap((each) => [
    { ...each, retryAfterSeconds: 0 },
    { ...each, retryAfterSeconds: 30 },
]);

const tokenFailures = all<TokenFailure>({
    "no-credential": [service],
    unreachable: [service],
    "timed-out": [{ ...service, timeoutMillis: 3000 }],
    "not-authenticated": said,
    forbidden: said,
    "too-many-requests": later,
    "no-server": later,
    "request-refused": said.map((each) => ({ ...each, status: 418 })),
    "service-failed": said.map((each) => ({ ...each, status: 500 })),
    "unexpected-answer": [service],
    "source-failed": [service],
});

const silences = [0, 5].flatMap((timeoutSeconds) =>
    [0, 3000].map((pausedMillis) => ({ timeoutSeconds, pausedMillis })),
);
const dials = silences.flatMap((each) => [
    { ...each, servers: [] },
    { ...each, servers: ["203.0.113.5:7777", "[2001:db8::5]:7777"] },
]);

const reasons = all<Facts>({
    "never-connected": [{}],
    "client-left": states,
    "server-ended": states,
    "server-stopped": states,
    moved: states,
    replaced: states,
    "timed-out": silences,
    "request-timed-out": dials.flatMap((each) => [
        { ...each, failures: [] },
        { ...each, failures },
    ]),
    "response-timed-out": dials,
    denied: states,
    "token-expired": [{ lifetimeSeconds: 30n }],
    "token-invalid": [service],
    "token-reused": [{}],
    "token-fetch-failed": tokenFailures.map((failure) => ({ failure })),
    "transport-failed": [[], failures].flatMap((each) =>
        [false, true].map((usedHashes) => ({ failures: each, usedHashes })),
    ),
    "transport-closed": [
        { transport: "web-transport", code: 0, text: "" },
        { transport: "web-socket", code: 4003, text: "their words" },
    ],
    "forgotten-by-server": [{ pausedMillis: 0 }, { pausedMillis: 6200 }],
    "sequence-exhausted": [{}],
}).map(disconnectReason);

const sentences = [
    ...new Set(reasons.flatMap(({ explanation }) => explanation.split(/(?<=[.!?]) (?=[A-Z])/))),
];
const quotes = (PAGE.match(/(?:^>.*\n)+/gm) ?? [])
    .flatMap((quote) => quote.split(/^>\n/m))
    .map((paragraph) => paragraph.replace(/^> /gm, "").replaceAll("\n", " ").trim());

function says(quote: string): (sentence: string) => boolean {
    const escaped = quote
        .replace(BY_BROWSER, "")
        .split("…")
        .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const pattern = new RegExp(`^${escaped.join(".*")}$`);
    return (sentence) => pattern.test(sentence);
}

test("every sentence of an explanation has an entry in docs/troubleshooting.md", () => {
    const entries = quotes.map(says);
    assert.ok(sentences.length > 30);
    assert.deepEqual(
        sentences.filter((sentence) => !entries.some((entry) => entry(sentence))),
        [],
    );
});

test("every entry of the browser's is a sentence of an explanation", () => {
    const ours = quotes.filter((quote) => quote.startsWith(BY_BROWSER));
    assert.ok(ours.length > 10);
    assert.deepEqual(
        ours.filter((quote) => !sentences.some(says(quote))),
        [],
    );
});

test("every kind of reason is named there", () => {
    const kinds = [...reasons, ...tokenFailures].map(({ kind }) => kind);
    assert.deepEqual(
        kinds.filter((kind) => !PAGE.includes(`\`${kind}\``)),
        [],
    );
});

test("whatever a player reads has a row there", () => {
    const section = PAGE.slice(PAGE.indexOf("\n## What the player reads"));
    const rows = [...section.matchAll(/^\| (.+?) \|/gm)].map(([, first = ""]) => says(first));
    assert.deepEqual(
        reasons
            .map(({ playerMessage }) => playerMessage)
            .filter((message) => !rows.some((row) => row(message))),
        [],
    );
});
