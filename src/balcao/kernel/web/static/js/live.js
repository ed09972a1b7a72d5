// Pages that move by themselves. <body data-live-source="/stream">; any element with data-live="order.placed order.changed" gets
// the event `live` (write hx-trigger="live") when one of its events arrives. While there is no stream it asks every 15 s instead.
// [data-live-badge] shows the state; [data-live-countdown="<ISO time>"] counts down to it.

const source = document.body.dataset.liveSource;
const POLL = 15000;
let stream = null;
let failures = 0;
let polling = null;
const known = new Set();

function show(state) {
  document.querySelectorAll("[data-live-badge]").forEach((badge) => {
    badge.dataset.state = state;
    const word = badge.dataset[`say${state[0].toUpperCase()}${state.slice(1)}`] ?? "";
    const place = badge.querySelector("[data-live-word]");
    if (place && place.textContent !== word) place.textContent = word;
    badge.title = word;
  });
}

function tell(name, detail = {}) {
  document.dispatchEvent(new CustomEvent("balcao:live", { detail: { name, ...detail } }));
  document.querySelectorAll("[data-live]").forEach((element) => {
    const wanted = element.dataset.live.split(/\s+/);
    if (name === "*" || wanted.includes(name) || wanted.includes("*")) element.dispatchEvent(new CustomEvent("live", { detail }));
  });
}

function heard(event) {
  let detail = {};
  try { detail = JSON.parse(event.data); } catch { /* an event without a body still says that something changed */ }
  tell(event.type === "message" ? (detail.type ?? "*") : event.type, detail);
}

function listen() {
  if (!stream) return;
  document.querySelectorAll("[data-live], [data-sound]").forEach((element) => `${element.dataset.live ?? ""} ${element.dataset.sound ?? ""}`.split(/\s+/).forEach((name) => {
    if (name && name !== "*" && !known.has(name)) { known.add(name); stream.addEventListener(name, heard); }
  }));
}

function poll(active) {
  if (active && !polling) polling = setInterval(() => { if (!document.hidden && navigator.onLine) tell("*"); }, POLL);
  if (!active && polling) { clearInterval(polling); polling = null; }
}

function connect() {
  known.clear();
  stream = new EventSource(source);
  stream.onmessage = heard;
  stream.onopen = () => { if (failures) tell("*"); failures = 0; poll(false); show("on"); };
  stream.onerror = () => {
    failures += 1;
    show(!navigator.onLine ? "off" : failures > 2 ? "polling" : "retry");
    poll(true);
    // A refused stream is closed by the browser for good; try anew, more slowly each time.
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, Math.min(60000, 1000 * 2 ** failures) * (0.8 + Math.random() * 0.4));
  };
  listen();
}

if (source) {
  show("retry");
  connect();
  document.addEventListener("htmx:load", listen);
  addEventListener("offline", () => show("off"));
  addEventListener("online", () => tell("*"));
  addEventListener("pagehide", () => stream?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) { connect(); tell("*"); } });
}

const rung = new Set();
const clocks = () => document.querySelectorAll("[data-live-countdown]").forEach((clock) => {
  const ends = clock.dataset.liveCountdown;
  const left = Math.max(0, Math.floor((Date.parse(ends) - Date.now()) / 1000));
  clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  if (!left && !rung.has(ends)) { rung.add(ends); tell("*"); }
});
clocks();
setInterval(clocks, 1000);

// -- what one hears and where one stands when a part was drawn anew -------------------------------------------------------
// The text of [data-live-say] is put into [data-live-said] (a status outside the part) only when it changed. Whoever stood on something
// that is gone is brought to [data-live-focus] instead of to the top of the page.
const words = () => document.querySelector("[data-live-say]")?.textContent.trim() ?? "";
let told = words();
let stood = false;
document.addEventListener("htmx:beforeSwap", (event) => { stood = event.target.matches("[data-live]") && event.target.contains(document.activeElement); });
document.addEventListener("htmx:afterSettle", () => {
  clocks();
  const now = words();
  const place = document.querySelector("[data-live-said]");
  if (place && now !== told) place.textContent = now;
  told = now;
  if (stood && (!document.activeElement || document.activeElement === document.body)) document.querySelector("[data-live-focus]")?.focus({ preventScroll: true });
  stood = false;
});
