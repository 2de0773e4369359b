// One sample in full.
const text = (value, missing) => {
  const node = make("pre", value ? "text" : "text empty-text", value || missing);
  if (value) node.tabIndex = 0;
  return node;
};
// The reply with the words that decided how it was read.
const reply = (answer) => {
  const node = text(answer.y, "empty");
  if (!answer.y || !answer.m) return node;
  const [start, end, rule] = answer.m;
  const mark = make("mark", "", answer.y.slice(start, end));
  mark.title = rule ? `read by the rule "${rule}"` : "what decided the reading";
  node.replaceChildren(answer.y.slice(0, start), mark, answer.y.slice(end));
  return node;
};
const titled = (title, node) => { const box = make("div"); box.append(make("h4", "", title), node); return box; };
const options = (answer) => {
  const box = make("ul", "options");
  for (const [letter, option] of answer.item.o) {
    const node = make("li");
    const key = letter === answer.item.a;
    const chosen = letter === answer.c;
    if (key) node.classList.add("key-answer");
    if (chosen && !key) node.classList.add("bad-choice");
    node.append(make("b", "", letter), make("span", "", option));
    const marks = [key ? "✓ reference" : "", chosen ? (key ? "● chosen" : "✗ chosen") : ""].filter(Boolean);
    if (marks.length) node.append(make("span", "mark", marks.join(" · ")));
    box.append(node);
  }
  return box;
};
const level = (score) => make("span", `level ${score === null ? "" : `l${Number(score)}`}`, score === null ? "–" : score);
const axes = (answer) => {
  const table = make("table", "axes");
  const body = make("tbody");
  for (const [axis, name] of Object.entries(data.axes)) {
    const [score, said, reason, attempts] = (answer.ax && answer.ax[axis]) || [null, "", "not asked", 0];
    const line = make("tr");
    const head = make("th", "", name);
    head.scope = "row";
    const cell = make("td");
    const reply = make("td");
    cell.append(level(score));
    if (reason) reply.append(make("p", "small", reason + (attempts > 1 ? ` (${attempts} attempts)` : "")));
    reply.append(text(said, "no reply of the judge"));
    line.append(head, cell, reply);
    body.append(line);
  }
  table.append(body);
  return table;
};
const others = (answer) => {
  const rest = byItem.get(answer.i).filter((other) => other !== answer);
  if (!rest.length) return null;
  const table = make("table", "others");
  const body = make("tbody");
  for (const other of rest) {
    const line = make("tr");
    const go = make("button", "", data.runs[other.r]);
    go.type = "button";
    const cell = make("td");
    cell.append(go);
    const kind = outcome(other);
    const said = isChoice(other) ? other.c ?? "–" : `${other.v ?? "no verdict"}, ${other.all ?? "–"} of 8`;
    line.append(cell, make("td", "", said), make("td", "", STATES[kind] ?? kind));
    line.addEventListener("click", () => open(other));
    body.append(line);
  }
  table.append(body);
  return table;
};
const show = (answer) => {
  const item = answer.item;
  const kind = outcome(answer);
  const parts = [];
  const chips = make("div", "chips");
  chips.append(make("span", `chip ${SHAPES.has(kind) ? kind : ""}`, isChoice(answer) || !SHAPES.has(kind) || answer.st !== "answered" ? STATES[kind] ?? kind : `${kind} verdict`));
  if (answer.all !== undefined && answer.all !== null) chips.append(make("span", "chip", `${answer.all} of 8`));
  chips.append(make("span", "chip", data.runs[answer.r]), make("span", "chip", data.tasks[answer.t]), make("span", "chip", `id ${item.id}`));
  for (const [name, value] of Object.entries(item.s)) {
    const inferred = (item.inferred || []).includes(name) ? " (inferred)" : "";
    chips.append(make("span", "chip", `${data.slices[name]}: ${apart(word(value))}${inferred}`));
  }
  parts.push(chips, make("h3", "", item.q || "(the task's own instruction)"), pictures(item));
  if (isChoice(answer)) parts.push(options(answer));
  const said = titled("Reply", reply(answer));
  if (isChoice(answer)) {
    parts.push(said);
  } else {
    const pair = make("div", "two");
    pair.append(said, titled("Reference", text(item.ref, "empty")));
    parts.push(pair, titled("Verdict", make("p", "", `read: ${answer.v ?? "none"} · reference: ${item.rv ?? "none"}`)));
  }
  if (answer.second) parts.push(titled("Second reader", make("p", "small", answer.second)));
  if (answer.why) parts.push(titled("Reason", text(answer.why, "")));
  if (!isChoice(answer)) {
    parts.push(titled("Judge", make("p", "small", answer.j ?? (answer.ax ? "set without asking a judge" : "not judged"))));
    if (answer.ax) parts.push(axes(answer));
  }
  const rest = others(answer);
  if (rest) parts.push(titled("The same item in other runs", rest));
  const detail = $("detail");
  detail.replaceChildren(...parts);
  detail.scrollTop = 0;
};
