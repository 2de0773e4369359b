// What every part uses. Foreign text (questions, replies, judge replies, slices) reaches the page through textContent
// and input values only; nothing here writes HTML. All files of this folder are one function's body (see parts.py).
const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);

const root = document.documentElement;
const remember = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private window */ } };
const recall = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
const kept = recall("medq-theme");
if (kept === "dark" || kept === "light") root.dataset.theme = kept;
$("theme").addEventListener("click", () => {
  root.dataset.theme = dark() ? "light" : "dark";
  remember("medq-theme", root.dataset.theme);
});

if (!data.answers.length) return;
$("browser").hidden = false;

const make = (tag, cls, text) => {
  const node = document.createElement(tag);
  if (cls) node.className = cls;
  if (text !== undefined && text !== null) node.textContent = text;
  return node;
};
// A direction mark in a foreign text must not turn around what stands beside it.
const apart = (value) => `\u2068${value}\u2069`;
const word = (value) => (Object.hasOwn(data.words, value) ? data.words[value] : value);
const STATES = { right: "right", wrong: "wrong", unanswered: "unanswered", failed: "request failed", answered: "answered", empty: "empty reply" };
const SHAPES = new Set(["right", "wrong", "unanswered", "failed", "empty"]);

const answers = data.answers;
answers.forEach((answer, place) => { answer.place = place; answer.item = data.items[answer.i]; });
const byItem = new Map();
for (const answer of answers) {
  if (!byItem.has(answer.i)) byItem.set(answer.i, []);
  byItem.get(answer.i).push(answer);
}
const isChoice = (answer) => answer.item.o !== undefined;
// A reasoning answer has no right or wrong; its verdict has, where both verdicts can be read.
const outcome = (answer) => {
  if (answer.st !== "answered") return answer.st;
  if (answer.item.rv === null || answer.item.rv === undefined) return "answered";
  return answer.v === answer.item.rv ? "right" : "wrong";
};
const unscored = (answer) => !answer.ax || Object.keys(data.axes).some((axis) => !answer.ax[axis] || answer.ax[axis][0] === null);
const differs = (answer) => {
  const others = byItem.get(answer.i);
  const said = (other) => (isChoice(other) ? other.c ?? other.st : `${other.v} ${other.all}`);
  return others.some((other) => said(other) !== said(answer));
};
