// The pictures of an item: previews or whole files inside the page, files beside it or at a server.
const chunks = new Map();
const previews = data.preview ? new Set(data.preview) : null; // absent: all are, where the page says how large one is
const inPage = (number) => {
  const chunk = Math.floor(number / data.chunk);
  if (!chunks.has(chunk)) { const block = $(`pictures-${chunk}`); chunks.set(chunk, block ? JSON.parse(block.textContent) : []); }
  const uri = chunks.get(chunk)[number % data.chunk];
  return typeof uri === "string" && uri.startsWith("data:image/") ? uri : null;
};
const reduced = (number) => data.edge !== null && (previews === null || previews.has(number));
const PREVIEW = `Preview, at most ${data.edge} px: fine faults may not show.`;

// What there is of each picture: the small one beside the sample, and the best one for a closer look.
const picturesOf = (item) => (item.p || []).map((number, place, all) => {
  const small = inPage(number);
  const full = data.full[number] ?? null;
  return {
    name: all.length > 1 ? ["First image", "Second image"][place] ?? `Image ${place + 1}` : "Image",
    small: small ?? full,
    best: full ?? small,
    preview: !full && reduced(number),
    fallback: full ? small : null, // where the file beside the page is gone
  };
}).filter((picture) => picture.best);

// A tiny picture is shown larger, by a whole number, so that each of its pixels stays a square.
const LEAST = 160;
const enlargeTiny = (image) => {
  if (!image.naturalWidth || image.naturalWidth >= LEAST) return;
  image.classList.add("exact");
  image.style.width = `${image.naturalWidth * Math.ceil(LEAST / image.naturalWidth)}px`;
};
const pictures = (item) => {
  const box = make("div", "pictures");
  picturesOf(item).forEach((picture, place) => {
    const figure = make("figure");
    const button = make("button");
    button.type = "button";
    const image = make("img");
    image.src = picture.small;
    image.alt = `${picture.name} of item ${named(item)}`;
    image.decoding = "async";
    image.addEventListener("load", () => enlargeTiny(image));
    image.addEventListener("error", () => { figure.replaceChildren(make("p", "small", `${picture.name}: cannot be shown (${picture.small.slice(0, 80)}).`)); });
    button.append(image);
    button.addEventListener("click", () => enlarge(place));
    figure.append(button, make("figcaption", "", `${picture.name}${picture.preview ? ` · preview, at most ${data.edge} px: fine faults may not show` : ""}`));
    box.append(figure);
  });
  if (!box.childElementCount) return make("p", "small", "Picture not at hand (see the notes above).");
  box.classList.toggle("pair", box.childElementCount === 2);
  return box;
};
