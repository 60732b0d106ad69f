import { messageOf } from "../message-of.js";
import { waitPatiently } from "../patience.js";
import { printable } from "../wire/utf8.js";
import { BadAnswerError, checkAnswer, type TokenAnswer } from "./token-answer.js";
import { type TokenFailure, TokenFetchError } from "./token-failure.js";

/**
 * Where a connect token comes from. Asked anew for each connect: a token is good for one.
 *
 * @param former where the client goes on with a connection that it has lost: the tag of the token
 *   that it was connected with, 32 hex digits, for whoever mints. A source that cannot hand it on
 *   gives a plain token, with which the client comes back as somebody new.
 */
export type TokenSource = (signal: AbortSignal, former?: string) => Promise<TokenAnswer>;

export interface TokenServiceOptions {
    /** Of the service, for example `https://play.example.org`; plain HTTP on loopback only. */
    readonly endpoint: string;
    /** What the login gave the player; a function is asked each time. */
    readonly credential: string | (() => string | Promise<string>);
    /** Preferred; servers elsewhere are taken when it has none with room. */
    readonly region?: string;
    /** Needed where the service serves more than one. */
    readonly protocolId?: bigint;
    /** For the whole fetch, 10 s unless said otherwise. */
    readonly timeoutMillis?: number;
    /** The browser's own unless said otherwise. */
    readonly fetch?: typeof fetch;
}

const TIMEOUT_MILLIS = 10_000;
const ANSWER_CHARS_MAX = 64 * 1024;
const SAID_CHARS_MAX = 300;
/** Nobody tries for longer than a day to come back. */
const RETRY_AFTER_SECONDS_MAX = 24 * 60 * 60;
const HTTP_DATE = /^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT$/;

/**
 * Fetches connect tokens from Hawser's token service (`POST /v1/connect-token`).
 *
 * The credential goes to the endpoint and nowhere else: redirects are refused, and so is plain HTTP
 * except on loopback. Nothing is tried again by itself: the failure says when to come back.
 *
 * @returns a source that throws a {@link TokenFetchError} when there is no token
 * @throws TypeError when the endpoint is no such URL
 */
export function tokenService(options: TokenServiceOptions): TokenSource {
    const url = connectTokenUrl(options.endpoint);
    return async (signal, former) => {
        const credential = await credentialOf(options);
        const answer = await ask(url, credential, options, signal, former);
        if (!answer.ok) {
            throw new TokenFetchError(refusal(answer));
        }
        try {
            const members: unknown = JSON.parse(answer.body);
            checkAnswer(members);
            return members as TokenAnswer;
        } catch (thrown) {
            const detail = thrown instanceof BadAnswerError ? thrown.message : "it is no JSON";
            throw new TokenFetchError({ kind: "unexpected-answer", detail });
        }
    };
}

function connectTokenUrl(endpoint: string): string {
    const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
    if (url?.protocol !== "https:" && !(url?.protocol === "http:" && isLoopback(url.hostname))) {
        throw new TypeError(
            `the endpoint '${endpoint}' is neither an https:// URL nor http:// on loopback: the` +
                " player's credential goes there",
        );
    }
    return `${url.origin}${url.pathname.replace(/\/$/, "")}/v1/connect-token`;
}

function isLoopback(host: string): boolean {
    return host === "localhost" || host === "[::1]" || /^127(\.[0-9]+){3}$/.test(host);
}

async function credentialOf({ credential }: TokenServiceOptions): Promise<string> {
    let value: string;
    try {
        value = typeof credential === "function" ? await credential() : credential;
    } catch (thrown) {
        throw noCredential(messageOf(thrown));
    }
    if (!/^[!-~]+$/.test(value)) {
        throw noCredential(value === "" ? "it is empty" : "it has characters that cannot be sent");
    }
    return value;
}

function noCredential(detail: string): TokenFetchError {
    return new TokenFetchError({ kind: "no-credential", detail });
}

interface Answer {
    readonly ok: boolean;
    readonly status: number;
    readonly retryAfterSeconds: number;
    readonly body: string;
}

async function ask(
    url: string,
    credential: string,
    options: TokenServiceOptions,
    signal: AbortSignal,
    former: string | undefined,
): Promise<Answer> {
    const timeoutMillis = options.timeoutMillis ?? TIMEOUT_MILLIS;
    const patience = new AbortController();
    const stopWaiting = waitPatiently(timeoutMillis, () => patience.abort());
    const request = {
        statesReasons: true,
        survivesMoves: true,
        ...(options.region === undefined ? {} : { region: options.region }),
        ...(options.protocolId === undefined ? {} : { protocolId: `${options.protocolId}` }),
        ...(former === undefined ? {} : { resumes: former }),
    };
    try {
        const response = await (options.fetch ?? fetch)(url, {
            method: "POST",
            headers: {
                authorization: `Bearer ${credential}`,
                "content-type": "application/json",
                accept: "application/json",
            },
            body: JSON.stringify(request),
            redirect: "error",
            credentials: "omit",
            cache: "no-store",
            referrerPolicy: "no-referrer",
            signal: AbortSignal.any([signal, patience.signal]),
        });
        return {
            ok: response.status === 200,
            status: response.status,
            retryAfterSeconds: retryAfterSeconds(response.headers.get("retry-after")),
            body: (await response.text()).slice(0, ANSWER_CHARS_MAX),
        };
    } catch (thrown) {
        if (patience.signal.aborted) {
            throw new TokenFetchError({ kind: "timed-out", endpoint: url, timeoutMillis });
        }
        const detail = messageOf(thrown);
        throw new TokenFetchError({ kind: "unreachable", endpoint: url, detail });
    } finally {
        stopWaiting();
    }
}

/** Seconds, or a date as HTTP has it, which proxies send; 0 for anything else. */
function retryAfterSeconds(header: string | null): number {
    const text = header ?? "";
    let seconds = 0;
    if (/^[0-9]+$/.test(text)) {
        seconds = Number(text);
    } else if (HTTP_DATE.test(text)) {
        seconds = Math.ceil((Date.parse(text) - Date.now()) / 1000) || 0;
    }
    return Math.min(Math.max(0, seconds), RETRY_AFTER_SECONDS_MAX);
}

function refusal({ status, retryAfterSeconds, body }: Answer): TokenFailure {
    const said = detailOf(body);
    switch (status) {
        case 401:
            return { kind: "not-authenticated", said };
        case 403:
            return { kind: "forbidden", said };
        case 429:
            return { kind: "too-many-requests", retryAfterSeconds, said };
        case 503:
            return { kind: "no-server", retryAfterSeconds, said };
        default:
            return status >= 500
                ? { kind: "service-failed", status, retryAfterSeconds, said }
                : { kind: "request-refused", status, said };
    }
}

/** The `detail` of a problem as RFC 9457 has it, where the answer is one. */
function detailOf(body: string): string {
    try {
        const detail: unknown = JSON.parse(body)?.detail;
        return typeof detail === "string" ? printable(detail).slice(0, SAID_CHARS_MAX) : "";
    } catch {
        return "";
    }
}
