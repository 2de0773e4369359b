// What every part uses. Foreign text (questions, replies, judge replies, slices) reaches the page through textContent
// and input values only; nothing here writes HTML. All files of this folder are one function's body (see parts.py).
const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const root = document.documentElement;
const narrow = matchMedia("(max-width: 860px)");

const make = (tag, cls, text) => {
  const node = document.createElement(tag);
  if (cls) node.className = cls;
  if (text !== undefined && text !== null) node.textContent = text;
  return node;
};
const counted = (number) => number.toLocaleString("en");
// A direction mark in a foreign text must not turn around what stands beside it.
const apart = (value) => `\u2068${value}\u2069`;
const word = (value) => (Object.hasOwn(data.words, value) ? data.words[value] : value);

// A table that is wider than its frame says so; narrow screens hide nothing without a word.
const frames = [...document.querySelectorAll(".scroll")];
const measure = () => { for (const frame of frames) frame.classList.toggle("cut", frame.scrollWidth > frame.clientWidth + 1); };
addEventListener("resize", measure);
for (const details of document.querySelectorAll("details")) details.addEventListener("toggle", measure);
measure();
