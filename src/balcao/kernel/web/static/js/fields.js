// Fields that help while one types: masks, CEP to address, steppers, upload names. All of them work as plain inputs without this.

const digits = (text) => text.replace(/\D/g, "");

const masks = {
  phone(text) {
    let d = digits(text);
    if (d.length > 11 && d.startsWith("55")) d = d.slice(2);
    d = d.slice(0, 11);
    if (d.length < 3) return d;
    const cut = d.length > 10 ? 7 : 6;
    return `(${d.slice(0, 2)}) ${d.slice(2, cut)}${d.length > cut ? "-" : ""}${d.slice(cut)}`;
  },
  cep(text) {
    const d = digits(text).slice(0, 8);
    return d.length > 5 ? `${d.slice(0, 5)}-${d.slice(5)}` : d;
  },
  money(text) {
    return text.replace(/[^\d.,]/g, "");
  },
};

document.addEventListener("input", (event) => {
  const input = event.target;
  const mask = masks[input.dataset?.mask];
  if (!mask || event.inputType === "deleteContentBackward") return;
  // The cursor keeps its place by the number of digits before it.
  const before = digits(input.value.slice(0, input.selectionStart ?? 0)).length;
  const shown = mask(input.value);
  if (shown === input.value) return;
  const atEnd = input.selectionStart === input.value.length;
  input.value = shown;
  if (atEnd || input.dataset.mask === "money") return;
  let place = 0;
  for (let seen = 0; place < shown.length && seen < before; place += 1) if (/\d/.test(shown[place])) seen += 1;
  input.setSelectionRange(place, place);
});
document.addEventListener("focusout", (event) => {
  if (event.target.dataset?.mask !== "money" || !event.target.value) return;
  const text = event.target.value;
  const comma = text.includes(",");
  const cents = comma ? text.replace(/\./g, "").replace(",", ".") : text.replace(/\.(?=\d{3}(\D|$))/g, "");
  const value = Number.parseFloat(cents);
  if (Number.isFinite(value)) event.target.value = value.toLocaleString("pt-BR", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
});

// A mistake that was pointed out is no longer pointed at once the field is changed; whether it is right now the server says.
// While it is typed, not when it is left: a button under the field would move away from under the click.
function unpoint(event) {
  const input = event.target;
  if (!input.matches("[aria-invalid]") || !input.value) return;
  input.removeAttribute("aria-invalid");
  document.getElementById(`${input.id}-error`)?.remove();
  const rest = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== `${input.id}-error`);
  if (rest.length) input.setAttribute("aria-describedby", rest.join(" ")); else input.removeAttribute("aria-describedby");
}
document.addEventListener("input", unpoint);
document.addEventListener("change", unpoint);

// -- CEP fills the address of its form; fields are found by what they say they complete -----------------------------------
const parts = { "address-line1": "street", "address-level3": "district", "address-level2": "city", "address-level1": "state" };
const asked = new Map();

async function address(cep) {
  if (!asked.has(cep)) {
    const headers = { Accept: "application/json" };
    if (document.body.dataset.tenant) headers["X-Tenant"] = document.body.dataset.tenant;
    const answer = await fetch(`/api/v1/cep/${cep}`, { headers });
    if (!answer.ok) return null;
    asked.set(cep, await answer.json());
  }
  return asked.get(cep);
}

document.addEventListener("input", async (event) => {
  const input = event.target;
  if (!input.matches?.("[data-cep]")) return;
  const cep = digits(input.value);
  if (cep.length !== 8) return;
  const form = input.closest("form") ?? document;
  input.setAttribute("aria-busy", "true");
  try {
    const found = await address(cep);
    if (!found || digits(input.value) !== cep) return;
    for (const [name, part] of Object.entries(parts)) {
      const field = form.querySelector(`[autocomplete~="${name}"]`);
      if (field && found[part]) { field.value = found[part]; field.dispatchEvent(new Event("change", { bubbles: true })); }
    }
    const next = [...form.querySelectorAll('[autocomplete~="address-line1"], [data-house]')].find((field) => !field.value);
    if (document.activeElement === input) next?.focus();
  } catch { /* no network: the person types the address, as the form allows */ } finally { input.removeAttribute("aria-busy"); }
});

// -- steppers: minus, number, plus ------------------------------------------------------------------------------------------
function refresh(stepper) {
  const input = stepper.querySelector("input");
  const value = Number(input.value);
  stepper.querySelector('[data-step="-1"]').disabled = value <= Number(input.min || 0);
  stepper.querySelector('[data-step="1"]').disabled = input.max !== "" && value >= Number(input.max);
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-stepper] [data-step]");
  if (!button) return;
  const input = button.parentElement.querySelector("input");
  const next = Number(input.value || 0) + Number(button.dataset.step);
  input.value = Math.max(Number(input.min || 0), Math.min(Number(input.max || Infinity), next));
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
});
document.addEventListener("input", (event) => { const stepper = event.target.closest?.("[data-stepper]"); if (stepper) refresh(stepper); });
const scan = (within) => within.querySelectorAll?.("[data-stepper]").forEach(refresh);
scan(document);
document.addEventListener("htmx:load", (event) => scan(event.detail?.elt ?? event.target));

// -- uploads -------------------------------------------------------------------------------------------------------------------
document.addEventListener("change", (event) => {
  const box = event.target.closest?.("[data-upload]");
  if (box) box.querySelector("[data-upload-names]").textContent = [...event.target.files].map((file) => file.name).join(", ");
});
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const box = event.target.closest?.("[data-upload]");
    if (box) box.toggleAttribute("data-over", name === "dragover");
  });
}
