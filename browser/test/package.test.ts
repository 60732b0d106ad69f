import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const ROOT = new URL("../../../", import.meta.url);
const BYTES_MAX = 40 * 1024;

function read(path: string): string {
    return readFileSync(new URL(path, ROOT), "utf8");
}

test("the bundle has at most 40 KB when it is compressed", (t) => {
    const bundle = readFileSync(new URL("dist/hawser-client.min.js", ROOT));
    const bytes = gzipSync(bundle, { level: 9 }).length;
    t.diagnostic(`bundle: ${bytes} bytes gzipped, at most ${BYTES_MAX}`);
    assert.ok(bytes > 5000 && bytes <= BYTES_MAX, `${bytes} bytes`);
});

test("the bundle is a module of its own, and keeps the licence of what is in it", async () => {
    const bundle = read("dist/hawser-client.min.js");
    assert.match(bundle, /noble-ciphers - MIT License/);
    assert.doesNotMatch(bundle, /\bfrom\s*"/);
    const module = await import(new URL("dist/hawser-client.min.js", ROOT).href);
    const index = await import("../src/index.js");
    assert.deepEqual(Object.keys(module).sort(), Object.keys(index).sort());
    assert.equal(new module.HawserClient().state.kind, "disconnected");
});

test("the lock file names no registry", () => {
    // Each machine asks the one that it is configured for; the hashes say what must come.
    const lock = read("package-lock.json");
    assert.ok(!lock.includes('"resolved"'));
    assert.ok(lock.includes('"integrity"'));
});

test("the machine asks nobody for anything, and one file knows the cipher", () => {
    const foreign =
        /\b(document|performance|Date|Math\.random|crypto|set(Timeout|Interval)|fetch)\b/;
    let files = 0;
    for (const path of readdirSync(new URL("src", ROOT), { recursive: true, encoding: "utf8" })) {
        if (!path.endsWith(".ts")) {
            continue;
        }
        files++;
        const source = read(`src/${path}`).replace(/"\.\.?\/[^"]*"/g, "");
        if (/^(machine|wire)\b/.test(path)) {
            assert.equal(foreign.exec(source)?.[0], undefined, path);
        }
        assert.equal(source.includes("@noble/"), path === "crypto/packet-cipher.ts", path);
    }
    assert.ok(files > 25);
});
