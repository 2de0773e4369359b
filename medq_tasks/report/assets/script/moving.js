// Clicks, keys and the address.
const clear = () => {
  for (const select of Object.values(filters)) select.value = "";
  $("f-text").value = "";
  $("f-differ").checked = false;
  refresh();
};
const open = (answer) => {
  if (!shown.includes(answer)) clear();
  const place = shown.indexOf(answer);
  if (place >= 0) select(place);
};
const fromHash = () => {
  const match = /^#sample\/(\d+)\/([^/]+)\/(.+)$/.exec(location.hash);
  if (!match) return;
  let id;
  try { id = decodeURIComponent(match[3]); } catch { return; }
  const found = answers.find((answer) => answer.r === Number(match[1]) && data.tasks[answer.t] === match[2] && answer.item.id === id);
  if (!found) return;
  open(found);
  $("samples").scrollIntoView();
  list.focus({ preventScroll: true });
};
const move = (step) => { if (shown.length) select(Math.min(shown.length - 1, Math.max(0, at + step))); };
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.matches("input[type=search], select, textarea");
  if ($("zoom").open) { if (event.key === "f") { event.preventDefault(); $("zoom").close(); } return; }
  if (event.key === "Escape" && typing) { event.target.blur(); list.focus({ preventScroll: true }); return; }
  if (typing) return;
  const inList = document.activeElement === list;
  const steps = { j: 1, k: -1, ...(inList ? { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity } : {}) };
  if (event.key in steps) { event.preventDefault(); move(steps[event.key]); }
  else if (event.key === "/") { event.preventDefault(); $("f-text").focus(); $("samples").scrollIntoView(); }
  else if (event.key === "f") { const button = $("detail").querySelector(".pictures button"); if (button) { event.preventDefault(); button.click(); } }
});
let waiting = 0;
$("filters").addEventListener("submit", (event) => event.preventDefault());
$("filters").addEventListener("change", refresh);
$("f-text").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(refresh, 120); });
$("f-clear").addEventListener("click", clear);
addEventListener("hashchange", fromHash);
refresh();
fromHash();
