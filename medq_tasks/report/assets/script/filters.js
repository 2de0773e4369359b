// Which answers are shown.
const SLICES = Object.keys(data.slices).filter((name) => $(`f-${name}`));
const NOT_GIVEN = "\u0000"; // of a slice that the table does not name
const filters = {};

const fill = (name, options) => {
  const select = $(`f-${name}`);
  select.append(new Option("all", ""));
  for (const [value, text] of options) select.append(new Option(text, value));
  select.closest("label").hidden = options.length < 2 && name !== "differ";
  filters[name] = select;
};
const wordOrder = Object.keys(data.words);
const rank = (value) => (value === "" ? 999 : wordOrder.indexOf(value) < 0 ? 500 : wordOrder.indexOf(value));
const sliceValues = (name) => [...new Set(data.items.map((item) => item.s[name] ?? ""))].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
// The pairs of runs that both have the value for some item.
const pairsWith = (value) => {
  const found = new Set();
  for (const all of byItem) {
    const runs = [...new Set(all.filter((answer) => value(answer) !== null).map((answer) => answer.r))].sort((a, b) => a - b);
    runs.forEach((first, i) => { for (const second of runs.slice(i + 1)) found.add(`${first}-${second}`); });
  }
  return found;
};
const pairs = () => {
  const found = [];
  const scored = pairsWith(score);
  const read = pairsWith(verdict);
  data.runs.forEach((first, i) => data.runs.slice(i + 1).forEach((second, n) => {
    const [pair, beside] = [`${i}-${i + 1 + n}`, `${apart(first)} | ${apart(second)}`];
    if (scored.has(pair)) found.push([pair, `score differs: ${beside}`]);
    if (read.has(pair)) found.push([`${pair}v`, `verdict differs: ${beside}`]);
  }));
  return found;
};

const kinds = new Set(answers.map(outcome));
const judged = answers.some((answer) => answer.ax);
const OUTCOMES = [["right", "right (or right verdict)"], ["wrong", "wrong (or wrong verdict)"], ["answered", "answered, no key"], ["unanswered", "unanswered"], ["empty", "empty reply"], ["failed", "request failed"]];
const levels = () => [...new Set(answers.flatMap((answer) => AXES.map((axis) => answer.ax?.[axis]?.[0]).filter(known)).concat(0, 1, 2))].sort();
fill("run", data.runs.map((text, n) => [String(n), text]));
fill("task", data.tasks.map((text) => [text, text]));
for (const name of SLICES) fill(name, sliceValues(name).map((value) => [value === "" ? NOT_GIVEN : value, word(value)]));
fill("outcome", [...OUTCOMES.filter(([value]) => kinds.has(value)), ...(judged || answers.some((answer) => !isChoice(answer)) ? [["unjudged", "not fully judged"]] : [])]);
fill("axis", judged ? Object.entries(data.axes) : []);
fill("score", judged ? [...levels().map((level) => [String(level), String(level)]), ["none", "unscored"]] : []);
fill("differ", data.runs.length > 1 ? [["any", "read differently in some runs"], ...pairs()] : []);
$("f-differ").closest("label").hidden = data.runs.length < 2;

for (const [name, select] of Object.entries(filters)) {
  FIELDS.set(name, {
    get: () => encoded(select.value),
    set: (raw) => {
      const value = decoded(raw);
      select.value = value ?? "";
      if (value !== null && select.value === value) return "";
      select.value = "";
      return `The address asks for ${name} "${apart(value ?? raw)}", which this page does not have. It is left out.`;
    },
  });
}
FIELDS.set("find", { get: () => encoded($("f-text").value.trim()), set: (raw) => {
  const value = decoded(raw);
  $("f-text").value = value ?? "";
  return value === null ? `The address asks for the words "${apart(raw)}", which cannot be read. They are left out.` : "";
} });

const searchable = (answer) => {
  const item = answer.item;
  item.find ??= [item.id, item.var, item.q, item.ref, ...(item.o || []).flat(), ...Object.values(item.s)].filter(Boolean).join("\n").toLowerCase();
  answer.find ??= [answer.y, answer.why].filter(Boolean).join("\n").toLowerCase();
  return (part) => item.find.includes(part) || answer.find.includes(part);
};
const axisMatches = (answer, axis, level) => {
  if (isChoice(answer)) return false;
  return (axis ? [axis] : AXES).some((name) => {
    const found = answer.ax?.[name]?.[0] ?? null;
    return !level || (level === "none" ? found === null : found === Number(level));
  });
};

// One test per filter that is set: reading 12 controls for each of 25,000 answers would be slow.
const tests = () => {
  const wanted = Object.fromEntries(Object.entries(filters).map(([name, select]) => [name, select.value]));
  const found = [];
  if (wanted.run) found.push((answer) => answer.r === Number(wanted.run));
  if (wanted.task) found.push((answer) => data.tasks[answer.t] === wanted.task);
  if (wanted.outcome === "unjudged") found.push((answer) => !isChoice(answer) && unscored(answer));
  else if (wanted.outcome) found.push((answer) => outcome(answer) === wanted.outcome);
  for (const name of SLICES) if (wanted[name]) found.push((answer) => (answer.item.s[name] ?? "") === (wanted[name] === NOT_GIVEN ? "" : wanted[name]));
  if (wanted.axis || wanted.score) found.push((answer) => axisMatches(answer, wanted.axis, wanted.score));
  if (wanted.differ) {
    const items = partedItems(wanted.differ);
    const two = PAIR.exec(wanted.differ)?.slice(1, 3).map(Number);
    found.push((answer) => items.has(answer.i) && (!two || two.includes(answer.r)));
  }
  const words = $("f-text").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length) found.push((answer) => words.every(searchable(answer)));
  return found;
};
const isFiltered = () => Object.values(filters).some((select) => select.value) || $("f-text").value.trim() !== "";
const unfilter = () => { for (const select of Object.values(filters)) select.value = ""; $("f-text").value = ""; };
