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
    /**
     * Of the service, for example `https://play.example.org`; plain HTTP on loopback only. Several
     * where the service has several, which serve the same players and share what they know: one
     * that cannot be reached, is silent, out of order or no token service, is passed over for the
     * next. The one that worked last is asked first; before that, one at random.
     */
    readonly endpoint: string | readonly string[];
    /** What the login gave the player; a function is asked each time. */
    readonly credential: string | (() => string | Promise<string>);
    /** Preferred; servers elsewhere are taken when it has none with room. */
    readonly region?: string;
    /** Needed where the service serves more than one. */
    readonly protocolId?: bigint;
    /** For the whole fetch, 10 s unless said otherwise; each of several endpoints has its share. */
    readonly timeoutMillis?: number;
    /** The browser's own unless said otherwise. */
    readonly fetch?: typeof fetch;
}

const TIMEOUT_MILLIS = 10_000;
const ENDPOINTS_MAX = 16;
const ANSWER_CHARS_MAX = 64 * 1024;
const SAID_CHARS_MAX = 300;

/** What another endpoint may do better. What the service has decided is not among it. */
const TRIED_ELSEWHERE: ReadonlySet<TokenFailure["kind"]> = new Set([
    "unreachable",
    "timed-out",
    "no-server",
    "service-failed",
    "unexpected-answer",
]);

/**
 * Fetches connect tokens from Hawser's token service (`POST /v1/connect-token`).
 *
 * The credential goes to the endpoints and nowhere else: redirects are refused, and so is plain HTTP
 * except on loopback. No endpoint is asked twice: the failure says when to come back.
 *
 * @returns a source that throws a {@link TokenFetchError} when there is no token
 * @throws TypeError when an endpoint is no such URL, or there are none or more than 16
 */
export function tokenService(options: TokenServiceOptions): TokenSource {
    const { endpoint } = options;
    const urls = shuffled(
        (typeof endpoint === "string" ? [endpoint] : endpoint).map(connectTokenUrl),
    );
    if (urls.length === 0 || urls.length > ENDPOINTS_MAX) {
        throw new TypeError(`${urls.length} endpoints are not 1 to ${ENDPOINTS_MAX}`);
    }
    return async (signal, former) => {
        const credential = await credentialOf(options);
        const request = { options, credential, signal, former };
        const timeoutMillis = (options.timeoutMillis ?? TIMEOUT_MILLIS) / urls.length;
        let failure: unknown;
        for (const url of [...urls]) {
            try {
                const answer = await fetchFrom(url, timeoutMillis, request);
                urls.splice(urls.indexOf(url), 1);
                urls.unshift(url);
                return answer;
            } catch (thrown) {
                failure = thrown;
                if (signal.aborted || !isTriedElsewhere(thrown)) {
                    break;
                }
            }
        }
        throw failure;
    };
}

/** Each page in its own order, so that they do not all ask the same one. */
function shuffled(urls: string[]): string[] {
    for (let last = urls.length - 1; last > 0; last--) {
        const other = Math.floor(Math.random() * (last + 1));
        [urls[last], urls[other]] = [urls[other] as string, urls[last] as string];
    }
    return urls;
}

function isTriedElsewhere(thrown: unknown): boolean {
    return thrown instanceof TokenFetchError && TRIED_ELSEWHERE.has(thrown.failure.kind);
}

/** What is asked of whichever endpoint. */
interface Request {
    readonly options: TokenServiceOptions;
    readonly credential: string;
    readonly signal: AbortSignal;
    readonly former: string | undefined;
}

async function fetchFrom(
    url: string,
    timeoutMillis: number,
    request: Request,
): Promise<TokenAnswer> {
    const answer = await ask(url, timeoutMillis, request);
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
        throw noCredential(thrown instanceof Error ? thrown.message : String(thrown));
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
    timeoutMillis: number,
    { options, credential, signal, former }: Request,
): Promise<Answer> {
    const patience = new AbortController();
    const stopWaiting = waitPatiently(timeoutMillis, () => patience.abort());
    const body = {
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
            body: JSON.stringify(body),
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
        const detail = thrown instanceof Error ? thrown.message : String(thrown);
        throw new TokenFetchError({ kind: "unreachable", endpoint: url, detail });
    } finally {
        stopWaiting();
    }
}

function retryAfterSeconds(header: string | null): number {
    return header !== null && /^[0-9]{1,6}$/.test(header) ? Number(header) : 0;
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
            return { kind: status >= 500 ? "service-failed" : "request-refused", status, said };
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
