// The list draws only the rows in view.
const ROW = 52;
const SPARE = 6;
const list = $("list");
const space = $("space");
let shown = answers;
let at = -1;
const drawn = new Map();

const row = (answer, place) => {
  const node = make("div", "item");
  const kind = outcome(answer);
  node.id = `row-${answer.place}`;
  node.setAttribute("role", "option");
  node.setAttribute("aria-setsize", shown.length);
  node.setAttribute("aria-posinset", place + 1);
  const pip = make("span", `pip ${SHAPES.has(kind) ? kind : ""}`);
  pip.title = STATES[kind] ?? kind;
  const line = make("span", "line", answer.item.q || answer.item.ref || answer.item.id);
  const score = make("span", "score-text", isChoice(answer) ? answer.c ?? "–" : answer.all === null || answer.all === undefined ? "–" : `${answer.all} / 8`);
  const parts = [answer.item.id, ...["modality", "severity"].filter((name) => answer.item.s[name]).map((name) => word(answer.item.s[name]))];
  if (data.runs.length > 1) parts.push(data.runs[answer.r]);
  node.append(pip, line, score, make("span", "sub", `${STATES[kind] ?? kind} · ${parts.map(apart).join(" · ")}`));
  node.addEventListener("click", () => select(place));
  node.style.top = `${place * ROW}px`;
  node.setAttribute("aria-selected", place === at);
  return node;
};
const draw = () => {
  const first = Math.max(0, Math.floor(list.scrollTop / ROW) - SPARE);
  const last = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + SPARE);
  for (const [place, node] of drawn) if (place < first || place >= last) { node.remove(); drawn.delete(place); }
  for (let place = first; place < last; place += 1) {
    if (!drawn.has(place)) { const node = row(shown[place], place); drawn.set(place, node); space.append(node); }
  }
};
const refresh = () => {
  const current = at >= 0 ? shown[at] : undefined;
  shown = answers.filter(matches);
  for (const node of drawn.values()) node.remove();
  drawn.clear();
  space.style.height = `${shown.length * ROW}px`;
  $("count").textContent = `${shown.length.toLocaleString("en")} of ${answers.length.toLocaleString("en")} answers`;
  at = -1;
  list.scrollTop = 0;
  const place = current ? shown.indexOf(current) : -1;
  if (shown.length) select(Math.max(0, place), false);
  else { $("detail").replaceChildren(make("p", "small", "No sample matches these filters.")); list.removeAttribute("aria-activedescendant"); }
  draw();
};
const hashOf = (answer) => `#sample/${answer.r}/${data.tasks[answer.t]}/${encodeURIComponent(answer.item.id)}`;
const select = (place, note = true) => {
  const old = drawn.get(at);
  if (old) old.setAttribute("aria-selected", "false");
  at = place;
  const top = place * ROW;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
  draw();
  const node = drawn.get(place);
  if (node) { node.setAttribute("aria-selected", "true"); list.setAttribute("aria-activedescendant", node.id); }
  show(shown[place]);
  if (note) history.replaceState(null, "", hashOf(shown[place]));
};
list.addEventListener("scroll", draw, { passive: true });
addEventListener("resize", draw);
