import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { type Browser, chromium, type Page } from "playwright-core";

/**
 * Drives a real Chromium for tests: commands come as lines of JSON on standard input, each is
 * answered by one line on standard output. Commands run side by side; `id` says which is answered.
 *
 * `{"id":1,"do":"open"}` opens a tab with the bundle and answers with its number; with `"url"` that
 * page instead, with `"without":["WebTransport"]` one whose browser lacks it. `"do":"connect"` and
 * the other actions of page.ts take `"tab"` and what they wish for as `"with"`. `"do":"evaluate"`
 * runs `"script"`, `"do":"screenshot"` writes `"path"`, with `"width"` and `"height"`;
 * `"do":"close"` closes a tab. The end of the input ends the browser.
 */
interface Command {
    readonly id?: unknown;
    readonly do: string;
    readonly tab?: number;
    readonly url?: string;
    readonly without?: readonly string[];
    readonly with?: unknown;
    readonly script?: string;
    readonly path?: string;
    readonly width?: number;
    readonly height?: number;
}

const FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-sync"];
/** With these, tabs in the background are not held back as they are at people's. */
const FLAGS_OFF = [
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
];
const ROOT = new URL("../../../", import.meta.url);
const PAGE =
    '<!doctype html><title>e2e</title><body><script type="module" src="/page.js"></script>';

/** Pages of loopback may use WebTransport without a certificate of their own. */
async function startPages(): Promise<{ server: Server; url: string }> {
    const files: Record<string, [type: string, content: Buffer | string]> = {
        "/": ["text/html", PAGE],
        "/page.js": ["text/javascript", readFileSync(new URL("./page.js", import.meta.url))],
        "/hawser-client.min.js": [
            "text/javascript",
            readFileSync(new URL("dist/hawser-client.min.js", ROOT)),
        ],
    };
    const server = createServer((request, response) => {
        const [type, content] = files[request.url ?? ""] ?? [];
        if (type === undefined) {
            response.writeHead(404).end();
        } else {
            response.writeHead(200, { "content-type": type }).end(content);
        }
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

const { server, url } = await startPages();
const browser: Browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    ignoreDefaultArgs: FLAGS_OFF,
    args: FLAGS,
});
// Small, since every frame is painted by the processor.
const context = await browser.newContext({ viewport: { width: 640, height: 400 } });
const tabs: Page[] = [];

async function open(command: Command): Promise<unknown> {
    const page = await context.newPage();
    const tab = tabs.push(page) - 1;
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    if (command.without !== undefined) {
        await page.addInitScript((names) => {
            for (const name of names) {
                Reflect.deleteProperty(globalThis, name);
            }
        }, command.without);
    }
    await page.goto(command.url ?? url);
    if (command.url === undefined) {
        await page.getByText("ready").waitFor();
    }
    return { tab, problems };
}

async function execute(command: Command): Promise<unknown> {
    if (command.do === "open") {
        return open(command);
    }
    const page = tabs[command.tab ?? 0];
    if (page === undefined) {
        throw new Error(`there is no tab ${command.tab ?? 0}: open it first`);
    }
    switch (command.do) {
        case "close":
            // With the events that a person's closing a tab brings.
            await page.close({ runBeforeUnload: true });
            return null;
        case "evaluate":
            return page.evaluate(command.script ?? "null");
        case "screenshot": {
            const { width = 1280, height = 800, path = "screenshot.png" } = command;
            await page.setViewportSize({ width, height });
            await page.screenshot({ path });
            return { path };
        }
        default:
            return page.evaluate(
                ([action, wish]) =>
                    (globalThis as never as { act(action: unknown, wish: unknown): unknown }).act(
                        action,
                        wish,
                    ),
                [command.do, command.with] as const,
            );
    }
}

async function answer(line: string): Promise<void> {
    let id: unknown;
    let reply: object;
    try {
        const command: Command = JSON.parse(line);
        id = command.id;
        reply = { id, ok: true, result: (await execute(command)) ?? null };
    } catch (thrown) {
        reply = { id, ok: false, error: thrown instanceof Error ? thrown.message : String(thrown) };
    }
    process.stdout.write(`${JSON.stringify(reply)}\n`);
}

process.stdout.write(`${JSON.stringify({ ready: true, browser: browser.version() })}\n`);
const answers: Promise<void>[] = [];
for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() !== "") {
        answers.push(answer(line));
    }
}
await Promise.all(answers);
await browser.close();
server.close();
