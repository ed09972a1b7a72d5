// Lists ordered by hand. <ul class="sortable" data-sort-url="/…"> with <li data-id> and a <button class="grip" type="button">.
// Pointer: drag the grip. Keyboard: Space takes the row, arrows move it, Space or Enter puts it down, Escape puts it back. Posts ids=a&ids=b…

const live = document.createElement("div");
live.className = "visually-hidden";
live.setAttribute("aria-live", "assertive");
document.body.append(live);
const place = (row) => { const rows = [...row.parentElement.children]; live.textContent = `${rows.indexOf(row) + 1} / ${rows.length}`; };

let held = null;   // {row, list, before: order when it was taken, pointer}

function take(row, pointer = null) {
  held = { row, list: row.parentElement, before: [...row.parentElement.children], pointer };
  row.setAttribute("data-held", "");
  row.querySelector(".grip").setAttribute("aria-pressed", "true");
  place(row);
}

function release() {
  held.row.removeAttribute("data-held");
  held.row.querySelector(".grip").setAttribute("aria-pressed", "false");
  held = null;
}

function putBack() {
  const { list, before } = held;
  list.append(...before);
  release();
}

async function putDown() {
  const { list, before } = held;
  release();
  const after = [...list.children];
  if (after.every((row, index) => row === before[index])) return;
  const body = new URLSearchParams(after.map((row) => ["ids", row.dataset.id]));
  try {
    const answer = await fetch(list.dataset.sortUrl, { method: "POST", body, headers: { Accept: "application/json", "HX-Request": "true" } });
    if (answer.headers.has("hx-redirect")) location.assign(answer.headers.get("hx-redirect"));
    if (!answer.ok || answer.headers.has("x-form-status")) throw new Error((await answer.json().catch(() => ({}))).detail);
    list.dispatchEvent(new CustomEvent("balcao:sorted", { bubbles: true }));
  } catch (error) {
    list.append(...before);
    document.dispatchEvent(new CustomEvent("balcao:toast", { detail: { text: error.message || document.body.dataset.sayFailed, tone: "stop" } }));
  }
}

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest(".sortable .grip");
  if (!grip || event.button) return;
  event.preventDefault();
  grip.focus();
  take(grip.closest("li"), event.pointerId);
  grip.setPointerCapture(event.pointerId);
});
document.addEventListener("pointermove", (event) => {
  if (held?.pointer !== event.pointerId) return;
  const { row, list } = held;
  for (const other of list.children) {
    if (other === row) continue;
    const frame = other.getBoundingClientRect();
    if (event.clientY < frame.top || event.clientY > frame.bottom) continue;
    if (event.clientY < frame.top + frame.height / 2) other.before(row); else other.after(row);
    break;
  }
});
document.addEventListener("pointerup", (event) => { if (held?.pointer === event.pointerId) putDown(); });
document.addEventListener("pointercancel", (event) => { if (held?.pointer === event.pointerId) putBack(); });

document.addEventListener("keydown", (event) => {
  const grip = event.target.closest?.(".sortable .grip");
  if (!grip) return;
  const row = grip.closest("li");
  if (event.key === " " || event.key === "Enter") { event.preventDefault(); if (held) putDown(); else take(row); return; }
  if (!held || held.pointer !== null) return;
  if (event.key === "Escape") { event.preventDefault(); putBack(); grip.focus(); }
  if (event.key === "ArrowUp" && row.previousElementSibling) { event.preventDefault(); row.previousElementSibling.before(row); grip.focus(); place(row); }
  if (event.key === "ArrowDown" && row.nextElementSibling) { event.preventDefault(); row.nextElementSibling.after(row); grip.focus(); place(row); }
});
document.addEventListener("focusout", (event) => { if (held?.pointer === null && event.target.matches?.(".grip") && event.relatedTarget && !event.relatedTarget.matches(".grip")) putDown(); });
