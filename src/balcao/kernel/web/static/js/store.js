// The shop front: where one is in the menu, and what the product sheet costs while one chooses. The server decides the price; this only shows it.

// -- the strip of categories follows the page ----------------------------------------------------------------------------
const strip = document.querySelector(".strip nav");

if (strip) {
  const links = new Map([...strip.querySelectorAll('a[href*="#"]')].map((link) => [link.hash.slice(1), link]));
  const seen = new Set();
  const bring = (link, behavior) => strip.scrollTo({ left: link.offsetLeft - strip.offsetLeft - 16, behavior });
  // The browser leaves a link that is half in sight where it is; whoever walks by keyboard wants to read it.
  strip.addEventListener("focusin", (event) => { if (event.target.matches(":focus-visible")) bring(event.target, "instant"); });
  const mark = () => {
    const first = [...links.keys()].find((id) => seen.has(id));
    if (!first) return;
    for (const [id, link] of links) {
      if (id === first && !link.hasAttribute("aria-current")) {
        link.setAttribute("aria-current", "true");
        bring(link, matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");
      } else if (id !== first) link.removeAttribute("aria-current");
    }
  };
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) seen[entry.isIntersecting ? "add" : "delete"](entry.target.id);
    mark();
  }, { rootMargin: "-80px 0px -55% 0px" });
  const watch = () => { seen.clear(); watcher.disconnect(); for (const id of links.keys()) { const part = document.getElementById(id); if (part) watcher.observe(part); } };
  watch();
  document.addEventListener("htmx:afterSettle", (event) => { if (event.target.closest?.("main")) watch(); });
}

// -- the product sheet ------------------------------------------------------------------------------------------------------
// <form data-sheet data-base="1290">: [data-sku="990"] radios replace the base; <fieldset data-group data-mode="sum|highest|average"
// data-min data-max data-say-missing data-say-done> holds inputs with data-cents (ticks, radios, or number fields); [data-total] shows the sum.
const figures = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const money = (cents) => `R$\u00a0${figures.format(cents / 100)}`;

function chosen(group) {
  return [...group.querySelectorAll("input[data-cents]")].flatMap((input) => {
    const times = input.type === "number" ? Number(input.value || 0) : Number(input.checked);
    return Array(Math.max(0, times)).fill(Number(input.dataset.cents));
  });
}

function cost(group, prices) {
  if (!prices.length) return 0;
  const sum = prices.reduce((a, b) => a + b, 0);
  if (group.dataset.mode === "highest") return Math.max(...prices);
  if (group.dataset.mode === "average") return Math.floor((2 * sum + prices.length) / (2 * prices.length));
  return sum;
}

function bound(group, count) {
  const max = Number(group.dataset.max || Infinity);
  const missing = Number(group.dataset.min || 0) - count;
  group.querySelectorAll("input[type=checkbox][data-cents]").forEach((box) => { if (!box.checked && !("off" in box.dataset)) box.disabled = count >= max; });
  group.querySelectorAll("[data-stepper]").forEach((stepper) => {
    const input = stepper.querySelector("input");
    stepper.querySelector('[data-step="1"]').disabled = count >= max || Number(input.value) >= Number(input.max || Infinity);
  });
  group.toggleAttribute("data-complete", missing <= 0 && Number(group.dataset.min || 0) > 0);
  if (missing <= 0) group.removeAttribute("data-missing");
  return Math.max(0, missing);
}

function recount(form) {
  const sku = form.querySelector("[data-sku]:checked");
  let unit = Number(sku ? sku.dataset.sku : form.dataset.base);
  let missing = 0;
  for (const group of form.querySelectorAll("[data-group]")) {
    const prices = chosen(group);
    unit += cost(group, prices);
    missing += bound(group, prices.length);
  }
  const quantity = Number(form.querySelector('[name="quantity"]')?.value || 1);
  // "R$ 0,00" beside an unmade choice would be a promise nobody keeps.
  form.querySelectorAll("[data-total]").forEach((place) => { place.textContent = missing && !unit ? "" : money(unit * quantity); });
  return missing;
}

document.addEventListener("input", (event) => { const form = event.target.closest?.("form[data-sheet]"); if (form) recount(form); });
document.addEventListener("htmx:load", (event) => {
  const within = event.detail?.elt ?? event.target;
  (within.matches?.("form[data-sheet]") ? [within] : within.querySelectorAll?.("form[data-sheet]") ?? []).forEach(recount);
});
document.querySelectorAll("form[data-sheet]").forEach(recount);

// An unfinished choice is pointed at instead of being sent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-sheet]") || !recount(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const groups = [...form.querySelectorAll("[data-group]")].filter((group) => chosen(group).length < Number(group.dataset.min || 0));
  groups.forEach((group) => group.setAttribute("data-missing", ""));
  groups[0].scrollIntoView({ block: "center" });
  groups[0].querySelector("input:not(:disabled), button:not(:disabled)")?.focus();
}, true);

// -- the checkout ---------------------------------------------------------------------------------------------------------
// Whoever presses "place the order" while the freight is still being reckoned must not have pressed in vain: the reckoning is
// given up, since the order reckons by itself. Only a second press of the order itself is passed over.
document.addEventListener("htmx:beforeSend", (event) => { if (event.target.id === "checkout") event.target.dataset.doing = event.detail.requestConfig.parameters.do; });
document.addEventListener("htmx:confirm", (event) => {
  const form = event.target;
  const wants = event.detail.triggeringEvent?.submitter?.value;
  if (form.id === "checkout" && wants === "order" && form.dataset.doing !== "order") window.htmx.trigger(form, "htmx:abort");
});

// -- the shop as an app: the worker comes last, when the page has all it needs --------------------------------------------------
const { worker, workerScope: scope } = document.body.dataset;
if (worker && navigator.serviceWorker) {
  const register = () => setTimeout(() => navigator.serviceWorker.register(worker, { scope }).catch(() => { /* private windows refuse workers; the shop works without */ }), 1500);
  if (document.readyState === "complete") register(); else addEventListener("load", register, { once: true });
}
