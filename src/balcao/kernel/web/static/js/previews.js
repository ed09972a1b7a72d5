// Shows chosen pictures before they are sent: <input type="file" data-previews="#box">. Without this the names stand in the field.

document.addEventListener("change", (event) => {
  const input = event.target.closest?.("input[type=file][data-previews]");
  if (!input) return;
  const box = document.querySelector(input.dataset.previews);
  box.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
  box.replaceChildren(...[...input.files].map((file) => {
    const image = new Image();
    image.alt = file.name;
    image.src = URL.createObjectURL(file);
    return image;
  }));
  box.hidden = !input.files.length;
});
