// A closer look: picture pixels as whole squares of screen pixels, pairs side by side with one view, or in one place
// in turn ("flicker"), where the eye sees what moves.
const STEPS = [1, 2, 3, 4, 6, 8, 12, 16];
const dialog = $("zoom");
const panes = $("zoom-panes");
const zoom = { scale: 1, flicker: false, turn: 0, ports: [], images: [], pictures: [] };
const screenPixels = () => devicePixelRatio || 1;

const enlarge = (turn = 0, push = true) => {
  const all = at >= 0 ? picturesOf(shown[at].item) : [];
  if (!all.length) return false;
  zoom.pictures = all;
  zoom.turn = Math.min(turn, all.length - 1);
  fillPanes();
  if (!dialog.open) { dialog.showModal(); zoom.ports[0].focus(); layout(); touched = true; if (push) note(true); }
  return true;
};
const sheetOf = (picture) => {
  const image = make("img");
  image.alt = picture.name;
  image.draggable = false;
  image.addEventListener("load", layout);
  image.addEventListener("error", () => {
    if (!picture.fallback || image.src === picture.fallback) { picture.lost = "cannot be shown"; tell(); return; }
    Object.assign(picture, { lost: "the file beside the page is not there, this is what the page holds", preview: true });
    image.src = picture.fallback;
  });
  image.src = picture.best;
  return image;
};
const fillPanes = () => {
  const images = zoom.pictures.map(sheetOf);
  const groups = zoom.flicker ? [images] : images.map((image) => [image]);
  zoom.images = images;
  zoom.ports = groups.map((group, place) => {
    const port = make("div", "port");
    port.tabIndex = 0;
    port.setAttribute("role", "region");
    port.setAttribute("aria-label", zoom.flicker ? "Both images in one place" : zoom.pictures[place].name);
    const sheet = make("div", "sheet");
    sheet.append(...group);
    port.append(sheet);
    port.addEventListener("scroll", () => follows(port), { passive: true });
    drag(port);
    return port;
  });
  panes.replaceChildren(...zoom.ports.map((port, place) => {
    const figure = make("figure");
    const caption = make("figcaption");
    caption.append(make("b", "", zoom.pictures[place].name), make("span"));
    figure.append(caption, port);
    return figure;
  }));
  $("zoom-flicker").hidden = $("zoom-side").hidden = zoom.pictures.length < 2;
  layout();
};

// ---- size and place: both ports show the same part -----------------------------------------------------------------
const middle = (port) => [(port.scrollLeft + port.clientWidth / 2) / port.scrollWidth, (port.scrollTop + port.clientHeight / 2) / port.scrollHeight];
const centre = (port, [x, y]) => port.scrollTo(x * port.scrollWidth - port.clientWidth / 2, y * port.scrollHeight - port.clientHeight / 2);
let view = [0.5, 0.5];
const echoes = new Set(); // ports that were moved from here: what they report is no wish of the reader's
const follows = (port) => {
  if (echoes.delete(port)) return;
  view = middle(port);
  for (const other of zoom.ports) if (other !== port) { echoes.add(other); centre(other, view); requestAnimationFrame(() => echoes.delete(other)); }
  note();
};
const scaleFor = (image) => {
  if (zoom.scale !== "fit") return zoom.scale;
  const port = image.closest(".port");
  const room = Math.min(port.clientWidth / image.naturalWidth, port.clientHeight / image.naturalHeight) * screenPixels();
  return room >= 1 ? Math.floor(room) : room;
};
const layout = () => {
  const loaded = zoom.images.filter((image) => image.naturalWidth);
  const fitting = Math.min(...loaded.map(scaleFor));
  for (const image of loaded) {
    image.style.width = `${(image.naturalWidth * fitting) / screenPixels()}px`;
    image.classList.toggle("exact", fitting >= 1);
  }
  for (const port of zoom.ports) { echoes.add(port); centre(port, view); requestAnimationFrame(() => echoes.delete(port)); }
  zoom.shownAt = Number.isFinite(fitting) ? fitting : 1;
  tell();
};
const tell = () => {
  const percent = `${Math.round(100 * zoom.shownAt)} %`;
  $("zoom-scale").textContent = percent;
  zoom.images.forEach((image, place) => image.classList.toggle("turned", zoom.flicker && place !== zoom.turn));
  for (const [place, caption] of [...panes.querySelectorAll("figcaption")].entries()) {
    const number = zoom.flicker ? zoom.turn : place;
    const [image, picture] = [zoom.images[number], zoom.pictures[number]];
    caption.firstChild.textContent = picture.name;
    const size = image.naturalWidth ? ` ${image.naturalWidth} × ${image.naturalHeight} px${picture.preview ? ", preview" : ""}` : "";
    caption.lastChild.textContent = size + (picture.lost ? `: ${picture.lost}` : "");
  }
  const told = [];
  if (zoom.pictures.some((picture) => picture.preview)) told.push(PREVIEW);
  if (zoom.shownAt < 1) told.push(`Reduced to ${percent}: fine faults may not show.`);
  $("zoom-note").textContent = told.join(" ");
  $("zoom-flicker").setAttribute("aria-pressed", zoom.flicker);
  $("zoom-side").setAttribute("aria-pressed", !zoom.flicker);
};
const drag = (port) => {
  port.addEventListener("pointerdown", (event) => { if (event.pointerType === "mouse" && event.button === 0) port.setPointerCapture(event.pointerId); });
  port.addEventListener("pointermove", (event) => { if (port.hasPointerCapture(event.pointerId)) port.scrollBy(-event.movementX, -event.movementY); });
};

// ---- what the reader does ------------------------------------------------------------------------------------------
const rescale = (scale) => { zoom.scale = scale; layout(); note(); };
const stepScale = (step) => {
  const next = step > 0 ? STEPS.find((one) => one > zoom.shownAt) : STEPS.findLast((one) => one < zoom.shownAt);
  rescale(next ?? (step > 0 ? STEPS.at(-1) : "fit"));
};
const sideBySide = () => { zoom.flicker = false; fillPanes(); note(); };
// The first press puts both in one place, each further one shows the other.
const flick = () => {
  if (zoom.pictures.length < 2) return;
  zoom.turn = zoom.flicker ? (zoom.turn + 1) % zoom.pictures.length : 0;
  if (zoom.flicker) { tell(); note(); return; }
  zoom.flicker = true;
  fillPanes();
  note();
};
$("zoom-in").addEventListener("click", () => stepScale(1));
$("zoom-out").addEventListener("click", () => stepScale(-1));
$("zoom-one").addEventListener("click", () => rescale(1));
$("zoom-fit").addEventListener("click", () => rescale("fit"));
$("zoom-flicker").addEventListener("click", flick);
$("zoom-side").addEventListener("click", sideBySide);
dialog.addEventListener("wheel", (event) => {
  if (!event.ctrlKey) return; // a plain wheel moves the view; with Ctrl, and as two fingers, it means size
  event.preventDefault();
  stepScale(event.deltaY < 0 ? 1 : -1);
}, { passive: false });
dialog.addEventListener("close", () => { panes.replaceChildren(); Object.assign(zoom, { ports: [], images: [] }); view = [0.5, 0.5]; note(); });
addEventListener("resize", () => { if (dialog.open) layout(); });

// zoom=SCALE[/flicker[TURN]]/X,Y: the part in the middle as shares of the picture
FIELDS.set("zoom", {
  get: () => (dialog.open ? [zoom.scale, ...(zoom.flicker ? [`flicker${zoom.turn}`] : []), view.map((share) => share.toFixed(3)).join(",")].join("/") : ""),
  set: (raw) => {
    if (!raw) { dialog.close(); return ""; }
    const match = /^(fit|\d+)(?:\/flicker([01]))?(?:\/([\d.]+),([\d.]+))?$/.exec(raw);
    if (!match || (match[1] !== "fit" && !STEPS.includes(Number(match[1])))) return `The address asks for the zoom "${apart(raw)}", which there is not.`;
    zoom.scale = match[1] === "fit" ? "fit" : Number(match[1]);
    zoom.flicker = match[2] !== undefined;
    view = match[3] === undefined ? [0.5, 0.5] : [Number(match[3]), Number(match[4])];
    return enlarge(Number(match[2] ?? 0), false) ? "" : "The address asks for a closer look, but of this sample no picture is at hand.";
  },
});
