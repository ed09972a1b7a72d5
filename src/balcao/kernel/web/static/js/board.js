// The orders board. Markup: .board[data-board][data-sound] > .lane[data-lane="confirmed"] > .lane__cards > li.ticket
// [data-card][tabindex][data-id][data-version][data-move-url][data-allowed="confirmed canceled"]; counts in [data-lane-count].
// Pointer: drag (a finger holds for 250 ms first). Keyboard: arrows walk, Alt+arrows move the card, Enter opens its first link.
// A move posts {"status": lane, "version": n} as JSON to data-move-url, expects {"version": n}; a refusal (told as to htmx: 200 with
// X-Form-Status) puts the card back and says why.

const board = () => document.querySelector("[data-board]");
const lanes = () => [...document.querySelectorAll("[data-board] [data-lane]")];
const cardsOf = (lane) => lane.querySelector(".lane__cards");
const allowed = (card, lane) => lane.dataset.lane === card.closest("[data-lane]").dataset.lane || (card.dataset.allowed ?? "").split(/\s+/).includes(lane.dataset.lane);
const toast = (text) => document.dispatchEvent(new CustomEvent("balcao:toast", { detail: { text: text || document.body.dataset.sayFailed, tone: "stop" } }));

function count() {
  lanes().forEach((lane) => lane.querySelectorAll("[data-lane-count]").forEach((place) => { place.textContent = cardsOf(lane).querySelectorAll("[data-card]").length; }));
}

async function send(card, lane) {
  const body = { status: lane.dataset.lane, version: Number(card.dataset.version) };
  const answer = await fetch(card.dataset.moveUrl, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", Accept: "application/json", "HX-Request": "true" } });
  // Signed out meanwhile: the answer names the way to the sign-in.
  if (answer.headers.has("hx-redirect")) location.assign(answer.headers.get("hx-redirect"));
  const result = await answer.json().catch(() => ({}));
  if (!answer.ok || answer.headers.has("x-form-status")) throw new Error(result.detail ?? "");
  return result;
}

async function move(card, lane, next = null) {
  const from = card.parentElement;
  const follower = card.nextElementSibling;
  if (lane === from.closest("[data-lane]")) { cardsOf(lane).insertBefore(card, next); return; }
  const focused = card.contains(document.activeElement);
  cardsOf(lane).insertBefore(card, next);
  if (focused) card.focus();
  count();
  card.setAttribute("aria-busy", "true");
  try {
    const result = await send(card, lane);
    if (result.version) card.dataset.version = result.version;
    if (result.allowed) card.dataset.allowed = result.allowed.join(" ");
    document.dispatchEvent(new CustomEvent("balcao:moved", { detail: { id: card.dataset.id, lane: lane.dataset.lane } }));
    board()?.dispatchEvent(new CustomEvent("live"));
  } catch (error) {
    from.insertBefore(card, follower?.parentElement === from ? follower : null);
    if (focused) card.focus();
    count();
    toast(error.message);
    board()?.dispatchEvent(new CustomEvent("live"));
  } finally { card.removeAttribute("aria-busy"); }
}

// -- pointer -----------------------------------------------------------------------------------------------------------------
let drag = null;

function lift(event) {
  const { card } = drag;
  const frame = card.getBoundingClientRect();
  drag.gap = document.createElement("li");
  drag.gap.className = "ticket__gap";
  drag.dx = drag.x - frame.left;
  drag.dy = drag.y - frame.top;
  card.after(drag.gap);
  drag.ghost = card.cloneNode(true);
  drag.ghost.removeAttribute("id");
  drag.ghost.setAttribute("data-held", "");
  drag.ghost.setAttribute("aria-hidden", "true");
  // Positions are set through the object model: the policy forbids style attributes, not style properties.
  Object.assign(drag.ghost.style, { position: "fixed", inlineSize: `${frame.width}px`, margin: "0", insetBlockStart: "0", insetInlineStart: "0" });
  document.body.append(drag.ghost);
  card.hidden = true;
  drag.lifted = true;
  lanes().forEach((lane) => lane.toggleAttribute("data-refuses", !allowed(card, lane)));
  follow(event);
}

function follow(event) {
  drag.ghost.style.translate = `${event.clientX - drag.dx}px ${event.clientY - drag.dy}px`;
  const under = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-lane]");
  lanes().forEach((lane) => lane.toggleAttribute("data-over", lane === under && allowed(drag.card, lane)));
  if (under && allowed(drag.card, under)) {
    const after = [...cardsOf(under).querySelectorAll("[data-card]:not([hidden])")].find((card) => { const frame = card.getBoundingClientRect(); return event.clientY < frame.top + frame.height / 2; });
    cardsOf(under).insertBefore(drag.gap, after ?? null);
  }
  const edge = board().getBoundingClientRect();
  if (event.clientX > edge.right - 40) board().scrollLeft += 16;
  if (event.clientX < edge.left + 40) board().scrollLeft -= 16;
}

function drop(done) {
  if (!drag) return;
  clearTimeout(drag.timer);
  const { card, gap, ghost, lifted } = drag;
  drag = null;
  if (!lifted) return;
  const lane = gap.closest("[data-lane]");
  const next = gap.nextElementSibling === card ? card.nextElementSibling : gap.nextElementSibling;
  gap.remove();
  ghost.remove();
  card.hidden = false;
  lanes().forEach((each) => { each.removeAttribute("data-over"); each.removeAttribute("data-refuses"); });
  if (done && lane) move(card, lane, next);
  // Letting go over a link is not a click on it.
  const swallow = (event) => { event.preventDefault(); event.stopPropagation(); };
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }));
}

document.addEventListener("pointerdown", (event) => {
  const card = event.target.closest("[data-card]");
  if (!card || event.button || event.target.closest("button, input, select, form")) return;
  drag = { card, x: event.clientX, y: event.clientY, pointer: event.pointerId, touch: event.pointerType === "touch" };
  if (drag.touch) drag.timer = setTimeout(() => { if (drag) { lift(event); navigator.vibrate?.(15); } }, 250);
});
document.addEventListener("pointermove", (event) => {
  if (drag?.pointer !== event.pointerId) return;
  const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > 6;
  if (drag.lifted) follow(event);
  else if (far && drag.touch) { clearTimeout(drag.timer); drag = null; } else if (far) lift(event);
});
document.addEventListener("touchmove", (event) => { if (drag?.lifted) event.preventDefault(); }, { passive: false });
document.addEventListener("pointerup", (event) => { if (drag?.pointer === event.pointerId) drop(true); });
document.addEventListener("pointercancel", (event) => { if (drag?.pointer === event.pointerId) drop(false); });
document.addEventListener("dragstart", (event) => { if (event.target.closest?.("[data-card]")) event.preventDefault(); });
// While a card is in the hand, an arriving refresh waits.
document.addEventListener("htmx:beforeSwap", (event) => { if (drag?.lifted && event.target.closest?.("[data-board]")) event.detail.shouldSwap = false; });

// -- keyboard ------------------------------------------------------------------------------------------------------------------
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && drag) { drop(false); return; }
  const card = event.target.closest?.("[data-card]");
  if (!card || event.target !== card) return;
  const all = lanes();
  const here = all.indexOf(card.closest("[data-lane]"));
  const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const line = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" }[event.key];
  if (event.key === "Enter") { card.querySelector("a[href]")?.click(); return; }
  if (!side && !line) return;
  event.preventDefault();
  if (line) { const other = card[line]; if (other) { if (event.altKey) other[line === "nextElementSibling" ? "after" : "before"](card); (event.altKey ? card : other).focus(); } return; }
  for (let index = here + side; index >= 0 && index < all.length; index += side) {
    if (event.altKey) { if (allowed(card, all[index])) { card.focus(); move(card, all[index], cardsOf(all[index]).firstElementChild); return; } continue; }
    const target = cardsOf(all[index]).querySelector("[data-card]");
    if (target) { target.focus(); return; }
  }
});

// -- sound: two notes, drawn by the browser; a browser lets them play only after the person touched the page --------------------------
let audio = null;
const quiet = () => localStorage.getItem("balcao.sound") === "off";

function chime() {
  if (quiet() || !audio) return;
  [[880, 0], [1174.7, 0.16], [880, 0.5], [1174.7, 0.66]].forEach(([pitch, start]) => {
    const note = audio.createOscillator();
    const volume = audio.createGain();
    note.type = "triangle";
    note.frequency.value = pitch;
    const time = audio.currentTime + start;
    volume.gain.setValueAtTime(0, time);
    volume.gain.linearRampToValueAtTime(0.35, time + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.001, time + 0.32);
    note.connect(volume).connect(audio.destination);
    note.start(time);
    note.stop(time + 0.34);
  });
}
const wake = () => {
  if (navigator.userActivation && !navigator.userActivation.hasBeenActive) return;
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume();
  for (const name of ["pointerup", "keyup"]) removeEventListener(name, wake);
};
for (const name of ["pointerup", "keyup"]) addEventListener(name, wake);
// A card that was not there before the refresh is a new order: it rings, and the tab says so. data-sound="names" rings on those events instead.
const ids = () => [...document.querySelectorAll("[data-board] [data-card]")].map((card) => card.dataset.id);
const familiar = new Set(ids());
function ring() {
  chime();
  document.title = `● ${document.title.replace(/^● /, "")}`;
}
document.addEventListener("htmx:afterSettle", (event) => {
  const fresh = ids().filter((id) => !familiar.has(id));
  fresh.forEach((id) => familiar.add(id));
  if (fresh.length && board()?.dataset.sound === "" && event.detail?.requestConfig?.triggeringEvent?.type === "live") ring();
});
document.addEventListener("balcao:live", (event) => {
  if ((board()?.dataset.sound ?? "").split(/\s+/).filter(Boolean).includes(event.detail.name)) ring();
});
addEventListener("focus", () => { document.title = document.title.replace(/^● /, ""); });

// <button data-sound-toggle aria-pressed> turns the sound on and off and plays it once.
const soundButtons = () => document.querySelectorAll("[data-sound-toggle]").forEach((button) => button.setAttribute("aria-pressed", String(!quiet())));
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-sound-toggle]")) return;
  localStorage.setItem("balcao.sound", quiet() ? "on" : "off");
  wake();
  chime();
  soundButtons();
});
soundButtons();

// Whoever pressed a card's button too late, or while the line is down, sees at once where the order stands.
document.addEventListener("htmx:afterRequest", (event) => {
  const deaf = document.querySelector("[data-live-badge]")?.dataset.state !== "on";
  if (event.target.closest?.("[data-card]") && (deaf || event.detail.xhr?.getResponseHeader("X-Form-Status"))) board()?.dispatchEvent(new CustomEvent("live"));
});

// -- minutes since: <time data-since="ISO" data-late-after="20"> -------------------------------------------------------------------------
const tick = () => document.querySelectorAll("[data-board] [data-since]").forEach((place) => {
  const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(place.dataset.since)) / 60000));
  const text = minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")}`;
  if (place.textContent !== text) place.textContent = text;
  const late = Number(place.dataset.lateAfter || 0);
  place.closest("[data-card]")?.toggleAttribute("data-late", late > 0 && minutes >= late);
});
tick();
setInterval(tick, 20000);
document.addEventListener("htmx:load", () => { count(); tick(); soundButtons(); });
