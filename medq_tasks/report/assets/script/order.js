// In which order the answers are shown. Equal ones stay in the table order.
const panel = answers.some((answer) => known(answer.far)); // several judges: how far they are apart
const spread = (answer) => {
  const item = answer.item;
  if (item.spread === undefined) {
    const all = byItem[answer.i].map(worth).filter((value) => value !== null);
    const readings = new Set(byItem[answer.i].map(readAs)).size;
    item.spread = (all.length ? Math.max(...all) - Math.min(...all) : 0) + readings / 1000; // readings part equal worths
  }
  return item.spread;
};
const last = (value) => value ?? Infinity;
const ORDERS = {
  ...(panel ? { "": ["judges differ most", (a, b) => (b.far ?? 0) - (a.far ?? 0)], table: ["table order", null] } : { "": ["table order", null] }),
  lowest: ["lowest score first", (a, b) => last(worth(a)) - last(worth(b))],
  longest: ["longest reply first", (a, b) => b.y.length - a.y.length],
  ...(data.runs.length > 1 ? { apart: ["runs differ most", (a, b) => spread(b) - spread(a) || a.i - b.i] } : {}),
};
const sorting = $("f-sort");
for (const [value, [text]] of Object.entries(ORDERS)) sorting.append(new Option(text, value));
FIELDS.set("sort", {
  get: () => sorting.value,
  set: (value) => {
    sorting.value = value;
    if (sorting.value === value) return "";
    sorting.value = "";
    return `The address asks for the order "${apart(value)}", which this page does not have.`;
  },
});
const ordered = (found) => {
  const compare = ORDERS[sorting.value][1];
  return compare ? found.sort(compare) : found;
};
