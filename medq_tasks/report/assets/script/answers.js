// What an answer is worth, and on which items runs part.
const STATES = { right: "right", wrong: "wrong", unanswered: "unanswered", failed: "request failed", answered: "answered", empty: "empty reply" };
const SHAPES = new Set(["right", "wrong", "unanswered", "failed", "empty"]);
const AXES = Object.keys(data.axes);
const SUM = 2 * AXES.length; // the highest sum of all axes

const answers = data.answers;
const byItem = data.items.map(() => []);
answers.forEach((answer, place) => {
  answer.place = place;
  answer.item = data.items[answer.i];
  byItem[answer.i].push(answer);
});
const isChoice = (answer) => answer.item.o !== undefined;
const known = (value) => value !== undefined && value !== null;
const named = (item) => (item.var ? `${item.id} (${item.var})` : item.id);
// A reasoning answer has no right or wrong; its verdict has, where both verdicts can be read.
const outcome = (answer) => {
  if (answer.st !== "answered") return answer.st;
  if (!known(answer.item.rv)) return "answered";
  return answer.v === answer.item.rv ? "right" : "wrong";
};
const unscored = (answer) => !answer.ax || AXES.some((axis) => !answer.ax[axis] || answer.ax[axis][0] === null);
const score = (answer) => (isChoice(answer) ? Number(answer.st === "right") : answer.all ?? null);
const verdict = (answer) => (isChoice(answer) || !known(answer.item.rv) ? null : Number(answer.v === answer.item.rv));
// As a share, whatever the scale; null where nobody judged and no verdict is to be read.
const worth = (answer) => {
  if (isChoice(answer)) return score(answer);
  return score(answer) === null ? verdict(answer) : score(answer) / SUM;
};
const readAs = (answer) => (isChoice(answer) ? answer.c ?? answer.st : `${answer.v} ${answer.all}`);

// The numbers of the items on which runs part: "any" (they are read differently somewhere), "0-1" (another score in
// the two runs), "0-1v" (the verdict right in one of them alone).
const PAIR = /^(\d+)-(\d+)(v?)$/;
const parted = new Map();
const partedItems = (pair) => {
  if (!parted.has(pair)) parted.set(pair, new Set([...byItem.keys()].filter((item) => parts(pair, byItem[item]))));
  return parted.get(pair);
};
const parts = (pair, all) => {
  if (pair === "any") return all.some((answer) => readAs(answer) !== readAs(all[0]));
  const [, first, second, by] = PAIR.exec(pair);
  const [one, other] = [first, second].map((run) => all.find((answer) => answer.r === Number(run)));
  if (!one || !other) return false;
  const [left, right] = [one, other].map(by ? verdict : score);
  return left !== null && right !== null && left !== right;
};
