// Clicks and keys.
const changed = () => { touched = true; complain([]); refresh(); note(true); };
const clear = () => { unfilter(); changed(); };
const open = (answer) => {
  if (!shown.includes(answer)) { unfilter(); refresh(); }
  select(shown.indexOf(answer), true);
};
const move = (step) => { if (shown.length) select(Math.min(shown.length - 1, Math.max(0, at + step))); };
// Whether the browser fills so much of the window that its reader means it, and not the page.
const inView = () => {
  const box = $("browser").getBoundingClientRect();
  return box.top < innerHeight * 0.6 && box.bottom > innerHeight * 0.4;
};
const bring = () => { if (!inView()) $("samples").scrollIntoView(); };
const help = () => { if (!$("keys").open) $("keys").showModal(); };

const page = () => Math.max(1, Math.floor(list.clientHeight / ROW) - 1);
const ALWAYS = {
  j: () => { bring(); move(1); },
  k: () => { bring(); move(-1); },
  "/": () => { $("fold").open = true; $("f-text").focus(); $("samples").scrollIntoView(); },
  f: () => { bring(); if (!enlarge()) complain(["No picture of this sample is at hand."]); },
  "?": help,
};
const IN_VIEW = { ArrowDown: () => move(1), ArrowUp: () => move(-1), PageDown: () => move(page()), PageUp: () => move(-page()), Home: () => move(-Infinity), End: () => move(Infinity) };
const IN_ZOOM = { f: () => dialog.close(), j: () => move(1), k: () => move(-1), "+": () => stepScale(1), "=": () => stepScale(1), "-": () => stepScale(-1), 1: () => rescale(1), 0: () => rescale("fit"), b: flick, s: sideBySide, "?": help };
// A long text that has the focus is scrolled by these keys itself.
const scrolls = (node) => node.matches("pre, .scroll, .port") && (node.scrollHeight > node.clientHeight + 1 || node.scrollWidth > node.clientWidth + 1);
// An open list of choices has all keys; a closed one keeps those that choose, and leaves the letters to the page.
const isOpen = (choices) => CSS.supports("selector(:open)") && choices.matches(":open");
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const choosing = event.target.matches("select");
  const typing = event.target.matches("input, textarea") || (choosing && isOpen(event.target));
  if (event.key === "Escape" && (typing || choosing)) { event.target.blur(); list.focus({ preventScroll: true }); return; }
  if (typing || $("keys").open) return;
  const inList = !choosing && !dialog.open && inView() && !scrolls(event.target);
  const obey = dialog.open ? IN_ZOOM[event.key] : ALWAYS[event.key] ?? (inList ? IN_VIEW[event.key] : undefined);
  if (obey) { event.preventDefault(); obey(); }
});

let typed = 0;
$("filters").addEventListener("submit", (event) => event.preventDefault());
$("filters").addEventListener("change", (event) => { if (event.target !== $("f-text")) changed(); });
$("f-text").addEventListener("input", () => { clearTimeout(typed); typed = setTimeout(() => { touched = true; complain([]); refresh(); note(); }, 120); });
$("f-clear").addEventListener("click", clear);
$("previous").addEventListener("click", () => move(-1));
$("next").addEventListener("click", () => move(1));
$("help").addEventListener("click", help);
const fold = () => { $("fold").open = !narrow.matches; };
narrow.addEventListener("change", fold);
fold();
for (const box of document.querySelectorAll("dialog")) box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
