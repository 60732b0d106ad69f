#!/usr/bin/env bash
# Chromium makes a page wait longer for each WebTransport session after ones that failed, and says nothing of it.
#
# Seen with Debian 12's Chromium 156, headless, driven by playwright-core 1.65.1: a page opens one session after the
# other to a port of loopback at which nobody listens. The first fails within milliseconds, the tenth after two seconds,
# and each later one takes about twice as long, with the same sentence each time. A session to another port waits too.
#
# One would guess that an attempt that fails costs the next one nothing, as with fetch() and WebSocket. A client that
# gives an opening three seconds and then tries again gets stuck: its own attempts make the next ones slower than its
# patience, against a server that is well, until somebody reloads the page.
#
# Ends with 0 while Chromium behaves so, with 1 when that has changed. Needs Node.js 20, npm and `chromium`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-progress --no-audit --no-fund --ignore-scripts playwright-core@1.65.1 >/dev/null
cat >attempts.mjs <<'JS'
import http from 'node:http';
import { chromium } from 'playwright-core';

const server = http.createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<!doctype html>'));
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const browser = await chromium.launch({
    executablePath: process.argv[2],
    args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
const page = await browser.newPage();
await page.goto(`http://127.0.0.1:${server.address().port}/`);
const measured = await page.evaluate(async () => {
    const attempt = async (port) => {
        const began = performance.now();
        let words = '';
        try {
            await new WebTransport(`https://127.0.0.1:${port}/`).ready;
        } catch (failure) {
            words = failure.message;
        }
        return { millis: Math.round(performance.now() - began), words };
    };
    const attempts = [];
    for (let i = 0; i < 12; i++) {
        attempts.push(await attempt(9));
    }
    return { attempts, other: await attempt(19) };
});
console.log('version', browser.version());
console.log('milliseconds until each of twelve attempts failed:', measured.attempts.map((a) => a.millis).join(' '));
console.log('then one to another port:', measured.other.millis);
console.log('what they said:', [...new Set(measured.attempts.map((a) => a.words))].join(' | '));
await browser.close();
server.close();
const first = measured.attempts[0].millis;
const last = measured.attempts.at(-1).millis;
const isAsDescribed = last > 2000 && last > 10 * first;
console.log(isAsDescribed ? 'as described' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
node attempts.mjs "$(command -v chromium)"
