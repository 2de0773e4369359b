// The answers shown, in their order, as a file: CSV for spreadsheets, JSONL for programs.
const plainRow = (answer) => {
  const { item } = answer;
  const judge = data.judges[answer.j];
  const scores = Object.fromEntries(AXES.map((axis) => [axis, answer.ax?.[axis]?.[0] ?? null]));
  return {
    run: data.runs[answer.r], task: data.tasks[answer.t], table: item.table, row: item.row, id: item.id, variant: item.var ?? "",
    outcome: outcome(answer), question: item.q, options: item.o ? Object.fromEntries(item.o) : null,
    key: item.a ?? item.rv ?? null, read: (isChoice(answer) ? answer.c : answer.v) ?? null, reference: item.ref ?? null,
    reply: answer.y, reason: answer.why ?? "", overall: answer.all ?? null, ...scores, judge: judge ? judge.name : null,
    input_tokens: answer.tk?.[0] ?? null, output_tokens: answer.tk?.[1] ?? null, reasoning_tokens: answer.tk?.[2] ?? null,
    ...Object.fromEntries(Object.keys(data.slices).map((name) => [name, item.s[name] ?? ""])), prompt: promptOf(answer),
  };
};
// A text that a spreadsheet would take for a formula gets an apostrophe in front (as in wording/escape.py).
const cell = (value) => {
  const flat = value === null ? "" : typeof value === "object" ? Object.entries(value).map(([letter, option]) => `${letter}. ${option}`).join("\n") : value;
  if (typeof flat === "number") return String(flat);
  const safe = /^[=+\-@\t\r']/.test(flat) ? `'${flat}` : flat;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
const asCsv = (rows) => `\ufeff${[Object.keys(rows[0]), ...rows.map(Object.values)].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
const asJsonl = (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const save = (name, type, content) => {
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};
$("save-csv").addEventListener("click", () => save("samples.csv", "text/csv", asCsv(shown.map(plainRow))));
$("save-jsonl").addEventListener("click", () => save("samples.jsonl", "application/x-ndjson", asJsonl(shown.map(plainRow))));
