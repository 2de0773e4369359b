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
const titled = (title, node, aside = "") => {
  const box = make("div");
  const head = make("h3", "head", title);
  if (aside) head.append(make("span", "aside", ` ${aside}`));
  box.append(head, node);
  return box;
};
const plural = (number, noun) => `${counted(number)} ${noun}${number === 1 ? "" : "s"}`;
const tokens = (answer) => {
  const [sent, written, thought] = answer.tk ?? [];
  return [known(written) ? `${plural(written, "token")} written` : "", known(thought) ? `${counted(thought)} of them thinking` : "", known(sent) ? `${counted(sent)} read` : ""].filter(Boolean).join(", ");
};

// ---- what was asked --------------------------------------------------------------------------------------------------
// A prompt is the words around the item's own texts; the words are stored once for all items.
const promptOf = (answer) => {
  if (answer.pr === undefined) return null;
  const words = data.prompts[answer.pr];
  const own = words.length > 1 ? [answer.item.q, ...(answer.item.o || []).map(([, option]) => option)].filter(Boolean) : [];
  return words.map((part, place) => part + (own[place] ?? "")).join("");
};
const unfolded = { prompt: false, judge: false }; // stays as the reader left it, from sample to sample
const folded = (name, title, fillIn) => {
  const node = make("details", "folded");
  const body = make("div");
  node.append(make("summary", "", title), body);
  node.open = unfolded[name];
  if (node.open) body.replaceChildren(...fillIn());
  node.addEventListener("toggle", () => { unfolded[name] = node.open; if (node.open && !body.childElementCount) body.replaceChildren(...fillIn()); });
  return node;
};
const promptBox = (answer) => {
  const prompt = promptOf(answer);
  if (prompt === null) return make("p", "small", "Prompt: the run's log does not hold it.");
  return folded("prompt", `Prompt, as the model got it (${plural(prompt.length, "character")})`, () => [text(prompt, "empty")]);
};
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

// ---- the judge -------------------------------------------------------------------------------------------------------
const level = (points) => make("span", `level ${known(points) ? `l${Math.floor(points)}` : ""}`, points ?? "–");
const axes = (answer) => {
  const table = make("table", "axes");
  const body = make("tbody");
  for (const [axis, name] of Object.entries(data.axes)) {
    const [points, said, reason, attempts, cost] = answer.ax[axis] ?? [null, "", "not asked", 0, null];
    const line = make("tr");
    const head = make("th", "", name);
    head.scope = "row";
    const cell = make("td");
    const judgement = make("td");
    cell.append(level(points));
    const facts = [reason, attempts > 1 ? `${attempts} attempts` : "", cost ? `${plural(cost[0], "token")} read, ${counted(cost[1])} written` : ""].filter(Boolean);
    judgement.append(text(said, "no reply of the judge"));
    if (facts.length) judgement.append(make("p", "small", facts.join(" · ")));
    line.append(head, cell, judgement);
    body.append(line);
  }
  table.append(body);
  return table;
};
// The prompt of an axis with both texts put in, in one pass: a mark inside a text stays one.
const filled = (answer, judge, words) => {
  const around = (name, body) => (judge.fenced ? `[${name} ${answer.tag} BEGINS]\n${body}\n[${name} ${answer.tag} ENDS]` : body);
  const texts = new Map([[judge.marks[0], around("MODEL TEXT", answer.y.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ""))], [judge.marks[1], around("REFERENCE TEXT", answer.item.ref)]]);
  const marks = [...judge.marks].sort((a, b) => b.length - a.length).map((mark) => mark.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return words.replace(new RegExp(marks.join("|"), "g"), (mark) => texts.get(mark));
};
const rubric = (answer) => {
  const judge = data.judges[answer.j];
  const words = judge.prompts?.[answer.item.kind];
  if (!words) return make("p", "small", `The judge's prompts (${judge.hash}) are not at hand where this page was made; MEDQ_JUDGE_PROMPTS names their file.`);
  const whole = answer.tag !== undefined;
  const how = whole
    ? "One prompt per axis, as the judge got it (asked again, a line was added that names the form of the score)."
    : `The prompt of each axis. Where ${judge.marks[0]} and ${judge.marks[1]} stand, the judge got the reply and the reference, changed so that nothing in them can act as anything but text.`;
  return folded("judge", "What the judge was asked", () => [
    make("p", "small", how),
    ...(judge.system ? [titled("System message", text(judge.system, ""))] : []),
    ...Object.entries(data.axes).map(([axis, name]) => titled(name, text(whole ? filled(answer, judge, words[axis]) : words[axis], ""))),
  ]);
};
const judgement = (answer) => {
  const judge = data.judges[answer.j];
  const lines = [make("p", "judge", judge ? judge.name : answer.ax ? "Set without asking a judge." : "Not judged.")];
  if (answer.ax) lines.push(axes(answer));
  if (judge) lines.push(rubric(answer));
  const box = make("div");
  box.append(...lines);
  return box;
};

// ---- the whole -------------------------------------------------------------------------------------------------------
const others = (answer) => {
  const rest = byItem[answer.i].filter((other) => other !== answer);
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
    const said = isChoice(other) ? other.c ?? "–" : `${other.v ?? "no verdict"}, ${other.all ?? "–"} of ${SUM}`;
    line.append(cell, make("td", "", said), make("td", "", STATES[kind] ?? kind));
    line.addEventListener("click", () => open(other));
    body.append(line);
  }
  table.append(body);
  return table;
};
const chipsOf = (answer) => {
  const { item } = answer;
  const kind = outcome(answer);
  const chips = make("div", "chips");
  const plainly = isChoice(answer) || !SHAPES.has(kind) || answer.st !== "answered";
  chips.append(make("span", `chip ${SHAPES.has(kind) ? kind : ""}`, plainly ? STATES[kind] ?? kind : `${kind} verdict`));
  if (known(answer.all)) chips.append(make("span", "chip", `${answer.all} of ${SUM}`));
  chips.append(make("span", "chip", data.runs[answer.r]), make("span", "chip", data.tasks[answer.t]), make("span", "chip", `id ${named(item)}`));
  for (const [name, value] of Object.entries(item.s)) {
    const inferred = (item.inferred || []).includes(name) ? " (inferred)" : "";
    chips.append(make("span", "chip", `${data.slices[name]}: ${apart(word(value))}${inferred}`));
  }
  return chips;
};
const show = (answer) => {
  const { item } = answer;
  const found = [chipsOf(answer), make("p", "question", item.q || data.kinds[item.kind]), pictures(item)];
  if (isChoice(answer)) found.push(options(answer));
  found.push(promptBox(answer));
  const said = titled("Reply", reply(answer), tokens(answer));
  if (isChoice(answer)) {
    found.push(said);
  } else {
    const pair = make("div", "two");
    pair.append(said, titled("Reference", text(item.ref, "empty")));
    found.push(pair, titled("Verdict", make("p", "", `read: ${answer.v ?? "none"} · reference: ${item.rv ?? "none"}`)));
  }
  if (answer.second) found.push(titled("Second reader", make("p", "small", answer.second)));
  if (answer.why) found.push(titled("Reason", text(answer.why, "")));
  if (!isChoice(answer)) found.push(titled("Judge", judgement(answer)));
  const rest = others(answer);
  if (rest) found.push(titled("The same item in other runs", rest));
  const detail = $("detail");
  detail.replaceChildren(...found);
  detail.scrollTop = 0;
  if (dialog.open && !enlarge(zoom.turn, false)) dialog.close(); // of this one there is no picture
};
