// A file on its way: <form data-upload-to="/api" data-upload-then="/page/"> is sent with a bar, a share in words and a button that stops it.
// Without this the form posts itself. A file dragged anywhere over the page falls into the form's field.

const share = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });

function show(form, state) {
  const part = (name) => form.querySelector(`[data-upload-${name}]`);
  const { said, done = 0, problem, busy } = state;
  part("progress").hidden = !busy;
  part("stop").hidden = !busy;
  part("problem").hidden = !problem;
  if (problem) part("problem").querySelector("p").textContent = problem;
  if (said && part("said").textContent !== said) part("said").textContent = said;
  part("share").textContent = busy ? share.format(done) : "";
  part("progress").querySelector("progress").value = done * 100;
  form.querySelectorAll("button:not([data-upload-stop])").forEach((button) => { button.disabled = busy; });
  form.toggleAttribute("data-busy", busy);
}

function answerOf(request) {
  try { return JSON.parse(request.responseText); } catch { return {}; }
}

function send(form) {
  const input = form.querySelector("input[type=file]");
  const name = input.files[0]?.name ?? "";
  const words = form.dataset;
  const sending = words.saySending.replace("{name}", name);
  const request = new XMLHttpRequest();
  const fail = (problem) => { show(form, { busy: false, problem }); form.querySelector("[data-upload-problem]").scrollIntoView({ block: "nearest" }); };
  request.upload.onprogress = (event) => {
    if (!event.lengthComputable) return;
    const done = event.loaded / event.total;
    show(form, { busy: true, said: done < 1 ? sending : words.sayOpening, done });
  };
  request.onload = () => {
    const answer = answerOf(request);
    if (request.status < 300 && answer.id) { window.location.assign(`${words.uploadThen}${answer.id}${answer.duplicate_of ? "?feito=same" : ""}`); return; }
    const faults = (answer.errors ?? []).map((fault) => fault.message).join(" ");
    fail(faults || answer.detail || document.body.dataset.sayFailed);
  };
  request.onerror = () => fail(words.sayLost);
  request.onabort = () => show(form, { busy: false });
  form.querySelector("[data-upload-stop]").onclick = () => request.abort();
  request.open("POST", words.uploadTo);
  request.setRequestHeader("Accept", "application/json");
  request.send(new FormData(form));
  show(form, { busy: true, said: sending });
}

for (const form of document.querySelectorAll("form[data-upload-to]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.hasAttribute("data-busy")) send(form);
  });
  const input = form.querySelector("input[type=file]");
  const carriesFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  document.addEventListener("dragover", (event) => { if (carriesFile(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    if (form.hasAttribute("data-busy") || !event.dataTransfer.files.length) return;
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    input.files = one.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.closest("[data-upload]")?.removeAttribute("data-over");
    form.scrollIntoView({ block: "nearest" });
  });
}
