// What every page does: toasts, dialogs, asking before destroying, copying, theme and density.
// Modules never import one another; they speak by events on document: balcao:toast {text, tone, undo_url}, balcao:close.

const say = (name) => document.body.dataset[name] ?? "";
const on = (names, handler, options) => names.split(" ").forEach((name) => document.addEventListener(name, handler, options));
const keep = (name, value) => { document.cookie = `${name}=${value};path=/;max-age=${value ? 31536000 : 0};samesite=lax`; };

// -- toasts ------------------------------------------------------------------------------------------------------
const toasts = document.getElementById("toasts");

function raise() {
  // A popover re-opened last stands above any modal dialog.
  if (!toasts.showPopover) return;
  toasts.setAttribute("popover", "manual");
  if (toasts.matches(":popover-open")) toasts.hidePopover();
  if (toasts.childElementCount) toasts.showPopover();
}

function settle(toast) {
  const life = toast.querySelector("form, button") ? 10000 : 6000;
  let timer;
  const leave = () => { toast.remove(); raise(); };
  const wait = () => { timer = setTimeout(leave, life); };
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("focusin", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", wait);
  toast.addEventListener("focusout", wait);
  toast.addEventListener("submit", () => setTimeout(leave));
  wait();
}

function toast({ text, tone, undo_url: undo }) {
  if (!text) return;
  const box = document.createElement("div");
  box.className = "toast";
  box.setAttribute("role", tone === "stop" ? "alert" : "status");
  if (tone) box.dataset.tone = tone;
  const words = document.createElement("span");
  words.textContent = text;
  box.append(words);
  if (undo) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = undo;
    const button = document.createElement("button");
    button.textContent = say("sayUndo");
    form.append(button);
    box.append(form);
    if (window.htmx) { form.setAttribute("hx-post", undo); form.setAttribute("hx-swap", "none"); window.htmx.process(form); }
  }
  toasts.append(box);
  while (toasts.childElementCount > 3) toasts.firstElementChild.remove();
  raise();
  settle(box);
}

on("balcao:toast", (event) => toast(event.detail ?? {}));
toasts.querySelectorAll("[data-toast]").forEach(settle);
if (toasts.childElementCount) raise();

on("htmx:responseError htmx:sendError htmx:response:error htmx:send:error", (event) => {
  if (event.detail.requestConfig?.triggeringEvent?.type === "live") return; // it asks again by itself
  let text = say("sayFailed");
  try { text = JSON.parse(event.detail.xhr.responseText).detail || text; } catch { /* not a problem document: the general words stand */ }
  toast({ text, tone: "stop" });
});

// -- dialogs and menus ---------------------------------------------------------------------------------------------
const openers = new WeakMap();

function open(dialog, opener) {
  if (!dialog || dialog.open) return;
  openers.set(dialog, opener ?? document.activeElement);
  dialog.showModal();
  dialog.querySelector("[autofocus]")?.focus();
  raise();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) { open(document.querySelector(opener.dataset.open), opener); opener.closest("details[data-drop]")?.removeAttribute("open"); }
  const closer = event.target.closest("dialog [data-close]"); // outside a dialog such a link is an ordinary link
  if (closer) { event.preventDefault(); closer.closest("dialog").close(); }
  if (event.target.matches?.("dialog.dialog") && !event.target.matches("[data-stays]")) {
    const frame = event.target.getBoundingClientRect();
    const inside = event.clientX >= frame.left && event.clientX <= frame.right && event.clientY >= frame.top && event.clientY <= frame.bottom;
    if (!inside) event.target.close();
  }
  document.querySelectorAll("details[data-drop][open]").forEach((drop) => { if (!drop.contains(event.target)) drop.open = false; });
});
document.addEventListener("close", (event) => {
  const opener = openers.get(event.target);
  if (opener?.isConnected) opener.focus();
}, true);
on("balcao:close", () => document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close()));
on("htmx:afterSwap htmx:after:swap", (event) => {
  const dialog = event.target.closest?.("dialog[data-auto-open]") ?? event.detail?.target?.closest?.("dialog[data-auto-open]");
  if (!dialog) return;
  if (dialog.childElementCount) open(dialog, event.detail?.requestConfig?.elt);
  else if (dialog.open) dialog.close();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const drop = document.activeElement?.closest("details[data-drop][open]");
  if (drop) { drop.open = false; drop.querySelector("summary").focus(); event.stopPropagation(); }
});
document.addEventListener("focusout", (event) => {
  const drop = event.target.closest?.("details[data-drop][open]");
  if (drop && event.relatedTarget && !drop.contains(event.relatedTarget)) drop.open = false;
});

// -- asking first: data-confirm="question", and data-confirm-name="what must be typed" -------------------------------
const box = document.getElementById("confirm");

function ask(question, name) {
  return new Promise((resolve) => {
    box.innerHTML = "<form method='dialog'><div class='dialog__body stack'><h2 id='confirm-title'></h2><div class='field'><label for='confirm-name'></label><input class='control' id='confirm-name' autocomplete='off'></div></div><div class='dialog__foot'><button class='button' value='no'></button><button class='button' data-kind='danger' value='yes'></button></div></form>";
    const [no, yes] = box.querySelectorAll("button");
    box.querySelector("h2").textContent = question;
    no.textContent = say("sayCancel");
    yes.textContent = say("sayConfirm");
    const typed = box.querySelector(".field");
    if (name) {
      typed.querySelector("label").textContent = `${say("sayType")} ${name}`;
      const check = () => { yes.disabled = typed.querySelector("input").value.trim() !== name; };
      typed.addEventListener("input", check);
      check();
    } else typed.remove();
    box.returnValue = "no";
    box.addEventListener("close", () => resolve(box.returnValue === "yes"), { once: true });
    open(box);
    (name ? typed.querySelector("input") : no).focus();
  });
}

const agreed = new WeakSet();
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const source = event.submitter?.dataset.confirm ? event.submitter : form;
  if (!source.dataset.confirm || agreed.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (await ask(source.dataset.confirm, source.dataset.confirmName)) { agreed.add(form); form.requestSubmit(event.submitter); }
}, true);
on("htmx:confirm", async (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  if (await ask(event.detail.question)) event.detail.issueRequest(true);
});

// A link that opens in place still opens in a new tab for whoever asks for one.
document.addEventListener("click", (event) => {
  if ((event.ctrlKey || event.metaKey || event.shiftKey) && event.target.closest("a[href][hx-get]")) event.stopImmediatePropagation();
}, true);

// A form sent twice by an impatient thumb is sent once.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method === "dialog" || event.target.matches("[hx-post], [hx-get], [hx-put], [hx-delete]")) return;
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}));

// -- copying ---------------------------------------------------------------------------------------------------------
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  const text = (source?.value ?? source?.textContent ?? "").trim();
  try { await navigator.clipboard.writeText(text); } catch {
    // Without the clipboard permission (plain http) the old way still copies a selection.
    const range = document.createRange();
    if (source?.select) source.select();
    else { range.selectNodeContents(source); getSelection().removeAllRanges(); getSelection().addRange(range); }
    document.execCommand("copy");
  }
  const words = button.querySelector("span");
  if (!words || button.dataset.before) return;
  button.dataset.before = words.textContent;
  words.textContent = button.dataset.copied;
  words.setAttribute("role", "status");
  setTimeout(() => { words.textContent = button.dataset.before; delete button.dataset.before; }, 2000);
});

// -- theme and density -------------------------------------------------------------------------------------------------
const root = document.documentElement;

function nextTheme() {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  keep("theme", root.dataset.theme);
}
function nextDensity() {
  if (root.dataset.density) { delete root.dataset.density; keep("density", ""); } else { root.dataset.density = "compact"; keep("density", "compact"); }
}
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-next]")) nextTheme();
  if (event.target.closest("[data-density-next]")) nextDensity();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "." && (event.ctrlKey || event.metaKey) && document.body.matches(".panel")) { event.preventDefault(); nextDensity(); }
});
if (/Mac|iPhone|iPad/.test(navigator.platform)) document.querySelectorAll("[data-mod-key]").forEach((key) => { key.textContent = `⌘ ${key.dataset.modKey}`; });

// -- returned forms and unsaved changes ----------------------------------------------------------------------------------
const focusErrors = (within) => within.querySelector?.("[data-focus-me]")?.focus();
focusErrors(document);
on("htmx:load", (event) => focusErrors(event.detail?.elt ?? event.target));

// <form data-dirty> warns before leaving with changes; [data-dirty-word] inside shows while there are some.
let dirty = null;
const mark = (form, state) => form.querySelectorAll("[data-dirty-word]").forEach((word) => { word.hidden = !state; });
document.querySelectorAll("form[data-dirty]").forEach((form) => mark(form, false));
on("input change", (event) => { const form = event.target.closest("form[data-dirty]"); if (form) { dirty = form; mark(form, true); } });
document.addEventListener("submit", (event) => { if (event.target === dirty) { mark(dirty, false); dirty = null; } });
addEventListener("beforeunload", (event) => { if (dirty?.isConnected) event.preventDefault(); });

// [data-pick] boxes of a table: [data-pick-all] ticks them, [data-bulk] shows with their number in [data-bulk-count].
on("change", (event) => {
  const scope = event.target.closest("[data-picks]");
  if (!scope || !event.target.matches("[data-pick], [data-pick-all]")) return;
  const picks = [...scope.querySelectorAll("[data-pick]")];
  if (event.target.matches("[data-pick-all]")) picks.forEach((pick) => { pick.checked = event.target.checked; });
  const count = picks.filter((pick) => pick.checked).length;
  scope.querySelectorAll("[data-bulk]").forEach((bar) => { bar.hidden = !count; });
  scope.querySelectorAll("[data-bulk-count]").forEach((word) => { word.textContent = count; });
});

// The tab one stands on is in sight, however narrow the screen.
document.querySelectorAll(".tabs [aria-current]").forEach((tab) => {
  const row = tab.parentElement;
  const [place, frame] = [tab.getBoundingClientRect(), row.getBoundingClientRect()];
  if (place.right > frame.right) row.scrollLeft += place.left - frame.left - (frame.width - place.width) / 2;
});
