// The list of answers. Only the rows in view are drawn.
const ROW = 52;
const SPARE = 6;
const list = $("list");
const space = $("space");
const drawn = new Map();
let shown = answers;
let at = -1;
let touched = false; // whether the reader has chosen anything: before that the address names no sample

const row = (answer, place) => {
  const node = make("div", "item");
  const kind = outcome(answer);
  node.id = `row-${answer.place}`;
  node.setAttribute("role", "option");
  node.setAttribute("aria-setsize", shown.length);
  node.setAttribute("aria-posinset", place + 1);
  const pip = make("span", `pip ${SHAPES.has(kind) ? kind : ""}`);
  const line = make("span", "line", answer.item.q || answer.item.ref || answer.item.id);
  const points = make("span", "score-text", isChoice(answer) ? answer.c ?? "–" : known(answer.all) ? `${answer.all} / ${SUM}` : "–");
  const told = [named(answer.item), ...["modality", "severity"].filter((name) => answer.item.s[name]).map((name) => word(answer.item.s[name]))];
  if (data.runs.length > 1) told.push(data.runs[answer.r]);
  node.append(pip, line, points, make("span", "sub", `${STATES[kind] ?? kind} · ${told.map(apart).join(" · ")}`));
  node.addEventListener("click", () => { select(place); if (narrow.matches) $("detail").scrollIntoView(); });
  node.style.top = `${place * ROW}px`;
  node.setAttribute("aria-selected", place === at);
  return node;
};
const draw = () => {
  const first = Math.max(0, Math.floor(list.scrollTop / ROW) - SPARE);
  const end = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + SPARE);
  for (const [place, node] of drawn) if (place < first || place >= end) { node.remove(); drawn.delete(place); }
  for (let place = first; place < end; place += 1) {
    if (!drawn.has(place)) { const node = row(shown[place], place); drawn.set(place, node); space.append(node); }
  }
};
// Filter and sort anew; the answer shown stays where it still is among them.
const refresh = () => {
  const current = at >= 0 ? shown[at] : undefined;
  const all = tests();
  shown = ordered(answers.filter((answer) => all.every((test) => test(answer))));
  for (const node of drawn.values()) node.remove();
  drawn.clear();
  space.style.height = `${shown.length * ROW}px`;
  $("count").textContent = `${counted(shown.length)} of ${counted(answers.length)} answers`;
  $("fold-count").textContent = isFiltered() ? ` · ${counted(shown.length)} of ${counted(answers.length)}` : "";
  for (const button of document.querySelectorAll(".save")) button.disabled = !shown.length;
  at = -1;
  list.scrollTop = 0;
  if (shown.length) place(Math.max(0, current ? shown.indexOf(current) : 0));
  else { $("detail").replaceChildren(make("p", "small", "No sample matches these filters.")); list.removeAttribute("aria-activedescendant"); }
  draw();
};
const place = (number) => {
  const old = drawn.get(at);
  if (old) old.setAttribute("aria-selected", "false");
  at = number;
  const top = number * ROW;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
  draw();
  const node = drawn.get(number);
  if (node) { node.setAttribute("aria-selected", "true"); list.setAttribute("aria-activedescendant", node.id); }
  show(shown[number]);
};
const select = (number, push = false) => { touched = true; complain([]); place(number); note(push); };
list.addEventListener("scroll", draw, { passive: true });
addEventListener("resize", draw);

const nameOf = (answer) => [answer.r, data.tasks[answer.t], answer.item.id, ...(answer.item.var ? [answer.item.var] : [])].map(encoded).join("/");
const find = (raw) => {
  const [run, task, id, variant = ""] = raw.split("/").map(decoded);
  const same = answers.filter((answer) => String(answer.r) === run && data.tasks[answer.t] === task && answer.item.id === id);
  return same.find((answer) => (answer.item.var ?? "") === variant) ?? (variant ? undefined : same[0]);
};
FIELDS.set("sample", {
  get: () => (touched && at >= 0 ? nameOf(shown[at]) : ""),
  set: (raw) => {
    touched = true;
    refresh();
    if (!raw) return "";
    const said = raw.split("/").map((part) => decoded(part) ?? part);
    const name = `"${apart(said.slice(2).join(" ") || raw)}" of ${apart(data.runs[Number(said[0])] ?? `run ${said[0]}`)}`;
    const found = find(raw);
    if (!found) return `The address names the sample ${name}${said[1] ? `, task ${apart(said[1])}` : ""}, which is not in this page. The list shows what is.`;
    const number = shown.indexOf(found);
    if (number < 0) return `The address names the sample ${name}, which the filters leave out. Clear them to see it.`;
    place(number);
    return "";
  },
});
