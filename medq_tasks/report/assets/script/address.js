// The address says what is shown: #samples?run=0&outcome=wrong&sample=0/medq_perception/1001&theme=dark
// Each part adds its field: get() is what stands there now ("" for nothing), set(text) obeys, and answers with a
// sentence where the page has no such thing.
const FIELDS = new Map();
const PACE = 160; // ms between two changes of the address: browsers refuse more than 200 in 30 s
const SEEN = true; // the state of each step that was obeyed: a link makes one without, Back leads to one with
let noted = 0;
let waiting = 0;

const encoded = (text) => encodeURIComponent(text);
const decoded = (text) => { try { return decodeURIComponent(text); } catch { return null; } };

const parse = (hash) => {
  const old = /^#sample\/(.+)$/.exec(hash); // the form of 0.1.0
  if (old) return { anchor: "samples", given: new Map([["sample", old[1]]]) };
  const cut = hash.indexOf("?");
  if (cut < 0) return { anchor: hash.slice(1), given: new Map() };
  const pairs = hash.slice(cut + 1).split("&").filter(Boolean).map((part) => {
    const equals = part.indexOf("=");
    return equals < 0 ? [part, ""] : [part.slice(0, equals), part.slice(equals + 1)];
  });
  return { anchor: hash.slice(1, cut), given: new Map(pairs) };
};

// ``place``: where such an address leads to.
const composed = (place) => {
  const parts = [];
  for (const [name, field] of FIELDS) { const value = field.get(); if (value) parts.push(`${name}=${value}`); }
  const { anchor } = parse(location.hash);
  const browsing = parts.some((part) => !part.startsWith("theme="));
  return parts.length ? `#${browsing ? place : anchor}?${parts.join("&")}` : anchor ? `#${anchor}` : "";
};

// ``push``: a step of its own for the browser's Back.
const note = (push = false, place = "samples") => {
  clearTimeout(waiting);
  const rest = push ? 0 : PACE - (Date.now() - noted);
  if (rest > 0) { waiting = setTimeout(note, rest, false, place); return; }
  const hash = composed(place);
  const same = hash === location.hash;
  if (same && history.state === SEEN) return;
  if (!same) noted = Date.now();
  history[push && !same ? "pushState" : "replaceState"](SEEN, "", hash || location.href.split("#")[0]);
};

const complain = (sentences) => {
  const box = $("astray");
  box.hidden = !sentences.length;
  box.replaceChildren(...sentences.map((sentence) => make("p", "", sentence)));
};

// Obey the address: at the start, when a link is followed, and when the reader goes back.
const follow = () => {
  clearTimeout(waiting);
  const { anchor, given } = parse(location.hash);
  const browsing = [...given.keys()].some((name) => name !== "theme");
  // A link to a part of the page says nothing of the filters: they stay, and get into the address.
  const stays = !browsing && history.state !== SEEN;
  const astray = [...given.keys()].filter((name) => !FIELDS.has(name)).map((name) => `The address says "${apart(name)}", which means nothing here.`);
  for (const [name, field] of FIELDS) {
    if (stays && !given.has(name)) continue;
    const complaint = field.set(given.get(name) ?? "");
    if (complaint) astray.push(complaint);
  }
  if (!browsing && !stays) touched = false;
  complain(astray);
  const place = (anchor && $(anchor)?.id) || (browsing ? "samples" : "");
  const reading = browsing && place === "samples";
  if (given.size && place && !(reading && inView())) $(place).scrollIntoView();
  if (reading) $("list").focus({ preventScroll: true });
  note(false, place || "samples");
};
addEventListener("hashchange", follow);
