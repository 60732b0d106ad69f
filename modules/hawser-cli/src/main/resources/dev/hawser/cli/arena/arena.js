// The page of the arena: connects, shows, steers.

import { Connection } from "./connection.js";
import { Figures } from "./figures.js";
import { Graph } from "./graph.js";
import { Interpolation } from "./interpolation.js";
import { PlayerList } from "./players.js";
import { Steering } from "./steering.js";
import { View } from "./view.js";
import { Weather } from "./weather.js";
import { NAME_LENGTH_MAX, read, writeHello, writeInput, writePing } from "./wire.js";

const INPUT_MILLIS = 1000 / 60;
const PING_MILLIS = 100;
const HELLO_MILLIS = 300;
const FIGURES_MILLIS = 200;

/** After a pause, as of a tab in the background, it goes on from there. */
const BEHIND_MAX = 100;

const SEABIRDS = [
    "Albatross", "Avocet", "Cormorant", "Curlew", "Fulmar", "Gannet", "Guillemot", "Gull",
    "Kittiwake", "Pelican", "Petrel", "Plover", "Puffin", "Razorbill", "Shearwater",
    "Skua", "Tern", "Turnstone",
];

const PRESETS = Object.freeze({
    good: { latency: 0, jitter: 0, loss: 0 },
    bad: { latency: 60, jitter: 20, loss: 3 },
    awful: { latency: 180, jitter: 80, loss: 15 },
});

/** @template {HTMLElement} E @returns {E} */
const element = (id) => /** @type {any} */ (document.getElementById(id));
const chosen = (name) => document.querySelector(`input[name=${name}]:checked`)?.value;

const canvas = element("arena");
const view = new View(canvas);
const graph = new Graph(element("graph"));
const steering = new Steering(canvas);
const list = new PlayerList(element("players"), element("count"));
const weather = new Weather();
const interpolation = new Interpolation();
const connection = new Connection(weather, onState, onMessage);

let figures = new Figures();
/** @type {Map<number, string>} */
let names = new Map();
let you = 0;
let inputSequence = 0;
let inputAt = 0;
let pingAt = 0;
let helloAt = 0;

/** Since when the connection is being resumed. @type {number | undefined} */
let lostAt;

/** How long that took, until the server has said who this player is. @type {number | undefined} */
let backAfterMillis;

// ---- What the connection says

function onState(state) {
    const isOver = state.kind === "disconnected";
    element("state").textContent = {
        connecting: "Connecting",
        resuming: "Coming back",
        connected: "Connected",
        disconnected: "Disconnected",
    }[state.kind];
    element("state").dataset.state = state.kind;
    element("transport").textContent = state.transport ?? (isOver ? "Not connected" : "…");
    element("protection").hidden = state.kind !== "connected";
    element("drop").disabled = state.kind !== "connected";
    element("toggle").textContent = isOver ? "Reconnect" : "Disconnect";
    element("ended").hidden = !isOver;
    // What a game would show its player, and what its log would say.
    element("ended-title").textContent = state.message ?? "";
    element("ended-reason").textContent = state.explanation ?? "";
    showResumed(state.kind);
    if (state.kind === "connecting") {
        forget();
    }
    if (isOver) {
        interpolation.clear();
        list.clear();
    }
}

function showResumed(kind) {
    const now = performance.now();
    const isBack = kind === "connected" && lostAt !== undefined;
    backAfterMillis = isBack ? now - lostAt : undefined;
    lostAt = kind === "resuming" ? lostAt ?? now : undefined;
    element("resumed").textContent = lostAt === undefined ? "" : "The connection is cut. Coming back…";
}

function showBack(isSame) {
    const millis = Math.round(backAfterMillis);
    element("resumed").textContent = isSame
        ? `Back after ${millis} ms, in the same place.`
        : `Back after ${millis} ms, as somebody new: the place was given up.`;
    backAfterMillis = undefined;
}

function forget() {
    interpolation.clear();
    figures = new Figures();
    names = new Map();
    you = 0;
    inputSequence = 0;
    helloAt = 0;
}

function onMessage(bytes) {
    const now = performance.now();
    const message = read(bytes);
    if (!message) {
        return;
    }
    if ("snapshot" in message) {
        if (backAfterMillis !== undefined) {
            showBack(message.snapshot.you === you);
        }
        you = message.snapshot.you;
        interpolation.add(message.snapshot, now);
        figures.snapshot(message.snapshot, now);
    } else if ("roster" in message) {
        message.roster.forEach((name, id) => names.set(id, name));
    } else {
        figures.pong(message.pong, now);
    }
}

// ---- What goes out

function sendDue() {
    const now = performance.now();
    connection.update();
    if (!connection.isConnected()) {
        return;
    }
    inputAt = Math.max(inputAt, now - BEHIND_MAX);
    while (inputAt <= now) {
        inputAt += INPUT_MILLIS;
        inputSequence++;
        connection.send(writeInput(inputSequence, steering.direction(), steering.target()));
    }
    if (now >= pingAt) {
        pingAt = now + PING_MILLIS;
        connection.send(writePing(figures.ping(now)));
    }
    const name = element("name").value.trim();
    if (now >= helloAt && name !== "" && names.get(you) !== name) {
        helloAt = now + HELLO_MILLIS;
        connection.send(writeHello(name));
    }
}

// ---- What is shown

function frame(now) {
    sendDue();
    view.draw(interpolation.at(now), names, steering.target(), now);
    requestAnimationFrame(frame);
}

function showFigures() {
    const now = performance.now();
    const isConnected = connection.isConnected();
    if (isConnected) {
        const { packetsIn, packetsOut } = connection.counts();
        figures.counted(packetsIn, packetsOut, now);
        list.show(interpolation.at(now)?.dots ?? [], names, you);
    }
    const percent = (share) => (share === undefined ? "–" : (100 * share).toFixed(share < 0.0995 ? 1 : 0));
    // Those of a connection that is over are nobody's.
    const shown = isConnected ? figures : new Figures();
    const roundTrip = shown.roundTrip();
    const rates = shown.rates();
    element("round-trip").textContent =
        roundTrip === undefined ? "–" : roundTrip.toFixed(roundTrip < 9.95 ? 1 : 0);
    element("loss-down").textContent = percent(shown.lossDown());
    element("loss-up").textContent = percent(shown.lossUp());
    element("packets-in").textContent = rates ? rates.down.toFixed(0) : "–";
    element("packets-out").textContent = rates ? rates.up.toFixed(0) : "–";
    graph.draw(figures.roundTrips, now);
}

// ---- Controls

function connect() {
    connection.connect(chosen("transport"));
}

function applyWeather() {
    const value = (id) => Number(element(id).value);
    weather.conditions = {
        latency: value("latency"),
        jitter: value("jitter"),
        loss: value("loss") / 100,
    };
    for (const [id, unit] of [["latency", "ms"], ["jitter", "ms"], ["loss", "%"]]) {
        document.querySelector(`output[for=${id}]`).textContent = `${value(id)} ${unit}`;
    }
    for (const input of document.querySelectorAll("input[name=weather]")) {
        const preset = PRESETS[input.value];
        input.checked = Object.keys(preset).every((id) => preset[id] === value(id));
    }
}

for (const input of document.querySelectorAll("input[name=weather]")) {
    input.addEventListener("change", () => {
        for (const [id, value] of Object.entries(PRESETS[input.value])) {
            element(id).value = String(value);
        }
        applyWeather();
    });
}
for (const id of ["latency", "jitter", "loss"]) {
    element(id).addEventListener("input", applyWeather);
}
for (const input of document.querySelectorAll("input[name=transport]")) {
    // Another way is another connection.
    input.addEventListener("change", connect);
}
element("toggle").addEventListener("click", () => {
    connection.isOver() ? connect() : connection.disconnect();
});
element("drop").addEventListener("click", () => connection.drop());
element("again").addEventListener("click", connect);
element("name").maxLength = NAME_LENGTH_MAX;
element("name").value = SEABIRDS[Math.floor(Math.random() * SEABIRDS.length)];
addEventListener("pagehide", () => connection.disconnect());

// For the console, and for tests: who is where.
Object.assign(globalThis, { arena: { dots: () => interpolation.at(performance.now())?.dots ?? [] } });

setInterval(showFigures, FIGURES_MILLIS);
// Frames stop while nobody looks; the connection goes on.
setInterval(sendDue, PING_MILLIS);
requestAnimationFrame(frame);
connect();
