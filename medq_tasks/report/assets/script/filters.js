// Which answers are shown.
const filters = {};
const fill = (name, options) => {
  const select = $(`f-${name}`);
  select.append(new Option("all", ""));
  for (const [value, text] of options) select.append(new Option(text, value));
  select.closest("label").hidden = options.length < 2;
  filters[name] = select;
};
const present = (name) => [...new Set(data.items.map((item) => item.s[name] ?? ""))];
const order = Object.keys(data.words);
const rank = (value) => (value === "" ? 999 : order.indexOf(value) < 0 ? 500 : order.indexOf(value));
fill("run", data.runs.map((text, n) => [String(n), text]));
fill("task", data.tasks.map((text, n) => [String(n), text]));
for (const name of ["modality", "question_type", "severity", "scope", "grain"]) {
  const values = present(name).sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  fill(name, values.map((value) => [value === "" ? "\u0000" : value, word(value)]));
}
const kinds = new Set(answers.map(outcome));
const named = [["right", "right (or right verdict)"], ["wrong", "wrong (or wrong verdict)"], ["answered", "answered, no key"], ["unanswered", "unanswered"], ["empty", "empty reply"], ["failed", "request failed"]];
const judged = answers.some((answer) => answer.ax);
fill("outcome", [...named.filter(([value]) => kinds.has(value)), ...(judged ? [["unjudged", "not fully judged"]] : [])]);
fill("axis", judged ? Object.entries(data.axes) : []);
fill("score", judged ? [["0", "0"], ["1", "1"], ["2", "2"], ["none", "unscored"]] : []);
$("f-differ-box").hidden = data.runs.length < 2;

const searchable = (answer) => {
  if (answer.find === undefined) {
    const item = answer.item;
    const parts = [item.id, item.q, item.ref, answer.y, answer.why, ...(item.o || []).flat(), ...Object.values(item.s)];
    answer.find = parts.filter(Boolean).join("\n").toLowerCase();
  }
  return answer.find;
};
const axisMatches = (answer, axis, score) => {
  if (!axis && !score) return true;
  if (isChoice(answer)) return false;
  const names = axis ? [axis] : Object.keys(data.axes);
  return names.some((name) => {
    const found = answer.ax && answer.ax[name] ? answer.ax[name][0] : null;
    return !score || (score === "none" ? found === null : found === Number(score));
  });
};
const matches = (answer) => {
  const item = answer.item;
  if (filters.run.value && answer.r !== Number(filters.run.value)) return false;
  if (filters.task.value && answer.t !== Number(filters.task.value)) return false;
  const wanted = filters.outcome.value;
  if (wanted === "unjudged" ? isChoice(answer) || !unscored(answer) : wanted && outcome(answer) !== wanted) return false;
  for (const name of ["modality", "question_type", "severity", "scope", "grain"]) {
    const value = filters[name].value;
    if (value && (item.s[name] ?? "") !== (value === "\u0000" ? "" : value)) return false;
  }
  if (!axisMatches(answer, filters.axis.value, filters.score.value)) return false;
  if ($("f-differ").checked && !differs(answer)) return false;
  const text = $("f-text").value.trim().toLowerCase();
  return !text || text.split(/\s+/).every((part) => searchable(answer).includes(part));
};
