// Pictures beside a sample, and enlarged.
const chunks = new Map();
const picture = (number) => {
  const chunk = Math.floor(number / data.chunk);
  if (!chunks.has(chunk)) { const block = $(`pictures-${chunk}`); chunks.set(chunk, block ? JSON.parse(block.textContent) : []); }
  const uri = chunks.get(chunk)[number % data.chunk];
  return typeof uri === "string" && uri.startsWith("data:image/") ? uri : null;
};
const enlarge = (source, label) => {
  $("zoom-image").src = source;
  $("zoom-image").alt = label;
  $("zoom").showModal();
};
$("zoom").addEventListener("click", (event) => { if (event.target === $("zoom")) $("zoom").close(); });
const pictures = (item) => {
  const numbers = item.p || [];
  const box = make("div", "pictures");
  numbers.forEach((number, place) => {
    const small = picture(number);
    const full = data.full[number] ?? small;
    const which = numbers.length > 1 ? ["First image", "Second image"][place] ?? `Image ${place + 1}` : "Image";
    if (!full) return;
    const figure = make("figure");
    const button = make("button");
    button.type = "button";
    button.title = "Enlarge";
    const image = make("img");
    image.src = small ?? full;
    image.alt = `${which} of item ${item.id}`;
    image.decoding = "async";
    button.append(image);
    button.addEventListener("click", () => enlarge(full, image.alt));
    const exact = data.edge === null || data.full.length;
    const note = exact ? "click for full size" : `reduced preview (at most ${data.edge} px, JPEG): fine faults may not show`;
    figure.append(button, make("figcaption", "", `${which} · ${note}`));
    box.append(figure);
  });
  if (!box.childElementCount) return make("p", "small", "Picture not at hand (see the notes above).");
  return box;
};
