// Ctrl/⌘-K: go anywhere by typing its name. Filled from the links marked data-palette; a page may add more of them.

const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("ul");
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
let options = [];
let at = 0;

function places() {
  const found = new Map();
  document.querySelectorAll("a[data-palette]").forEach((link) => {
    const label = (link.querySelector("span") ?? link).textContent.trim();
    if (!found.has(link.href)) found.set(link.href, { label, href: link.href, icon: link.querySelector("svg") });
  });
  return [...found.values()];
}

// Every letter in order; starts of words weigh more.
function score(label, asked) {
  const text = plain(label);
  if (!asked) return 1;
  const whole = text.indexOf(asked);
  if (whole >= 0) return 100 - whole - (whole && text[whole - 1] !== " " ? 20 : 0);
  let from = 0;
  for (const letter of asked) { from = text.indexOf(letter, from) + 1; if (!from) return 0; }
  return 10;
}

function draw() {
  const asked = plain(input.value.trim());
  options = places().map((place) => ({ ...place, weight: score(place.label, asked) })).filter((place) => place.weight).sort((a, b) => b.weight - a.weight);
  at = 0;
  list.replaceChildren(...options.map((place, index) => {
    const item = document.createElement("li");
    item.id = `palette-${index}`;
    item.setAttribute("role", "option");
    if (place.icon) item.append(place.icon.cloneNode(true));
    item.append(place.label);
    item.addEventListener("click", () => location.assign(place.href));
    return item;
  }));
  if (!options.length) { const none = document.createElement("li"); none.className = "palette__none"; none.textContent = list.dataset.sayNone; list.append(none); }
  point();
}

function point() {
  [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(options.length > 0 && index === at)));
  input.setAttribute("aria-activedescendant", options.length ? `palette-${at}` : "");
  list.children[at]?.scrollIntoView({ block: "nearest" });
}

if (dialog) {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); if (dialog.open) dialog.close(); else dialog.showModal(); }
  });
  new MutationObserver(() => { if (dialog.open) { input.value = ""; draw(); input.focus(); } }).observe(dialog, { attributeFilter: ["open"] });
  input.addEventListener("input", draw);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) { event.preventDefault(); at = (at + step + options.length) % options.length; point(); }
    if (event.key === "Enter" && options[at]) { event.preventDefault(); location.assign(options[at].href); }
  });
}
