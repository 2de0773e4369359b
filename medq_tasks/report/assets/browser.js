// The sample browser. Foreign text (questions, replies, judge replies, slices) reaches the page through textContent
// and input values only; nothing here writes HTML. The list draws only the rows in view.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const ROW = 52;
  const SPARE = 6;

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

  // ---- filters -------------------------------------------------------------------------------------------------
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

  // ---- list ----------------------------------------------------------------------------------------------------
  const list = $("list");
  const space = $("space");
  let shown = answers;
  let at = -1;
  const drawn = new Map();

  const row = (answer, place) => {
    const node = make("div", "item");
    const kind = outcome(answer);
    node.id = `row-${answer.place}`;
    node.setAttribute("role", "option");
    node.setAttribute("aria-setsize", shown.length);
    node.setAttribute("aria-posinset", place + 1);
    const pip = make("span", `pip ${SHAPES.has(kind) ? kind : ""}`);
    pip.title = STATES[kind] ?? kind;
    const line = make("span", "line", answer.item.q || answer.item.ref || answer.item.id);
    const score = make("span", "score-text", isChoice(answer) ? answer.c ?? "–" : answer.all === null || answer.all === undefined ? "–" : `${answer.all} / 8`);
    const parts = [answer.item.id, ...["modality", "severity"].filter((name) => answer.item.s[name]).map((name) => word(answer.item.s[name]))];
    if (data.runs.length > 1) parts.push(data.runs[answer.r]);
    node.append(pip, line, score, make("span", "sub", `${STATES[kind] ?? kind} · ${parts.map(apart).join(" · ")}`));
    node.addEventListener("click", () => select(place));
    node.style.top = `${place * ROW}px`;
    node.setAttribute("aria-selected", place === at);
    return node;
  };
  const draw = () => {
    const first = Math.max(0, Math.floor(list.scrollTop / ROW) - SPARE);
    const last = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + SPARE);
    for (const [place, node] of drawn) if (place < first || place >= last) { node.remove(); drawn.delete(place); }
    for (let place = first; place < last; place += 1) {
      if (!drawn.has(place)) { const node = row(shown[place], place); drawn.set(place, node); space.append(node); }
    }
  };
  const refresh = () => {
    const current = at >= 0 ? shown[at] : undefined;
    shown = answers.filter(matches);
    for (const node of drawn.values()) node.remove();
    drawn.clear();
    space.style.height = `${shown.length * ROW}px`;
    $("count").textContent = `${shown.length.toLocaleString("en")} of ${answers.length.toLocaleString("en")} answers`;
    at = -1;
    list.scrollTop = 0;
    const place = current ? shown.indexOf(current) : -1;
    if (shown.length) select(Math.max(0, place), false);
    else { $("detail").replaceChildren(make("p", "small", "No sample matches these filters.")); list.removeAttribute("aria-activedescendant"); }
    draw();
  };
  const hashOf = (answer) => `#sample/${answer.r}/${data.tasks[answer.t]}/${encodeURIComponent(answer.item.id)}`;
  const select = (place, note = true) => {
    const old = drawn.get(at);
    if (old) old.setAttribute("aria-selected", "false");
    at = place;
    const top = place * ROW;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
    draw();
    const node = drawn.get(place);
    if (node) { node.setAttribute("aria-selected", "true"); list.setAttribute("aria-activedescendant", node.id); }
    show(shown[place]);
    if (note) history.replaceState(null, "", hashOf(shown[place]));
  };
  list.addEventListener("scroll", draw, { passive: true });
  addEventListener("resize", draw);

  // ---- pictures ------------------------------------------------------------------------------------------------
  const chunks = new Map();
  const picture = (number) => {
    const chunk = Math.floor(number / data.chunk);
    if (!chunks.has(chunk)) { const block = $(`pictures-${chunk}`); chunks.set(chunk, block ? JSON.parse(block.textContent) : []); }
    const uri = chunks.get(chunk)[number % data.chunk];
    return typeof uri === "string" && uri.startsWith("data:image/") ? uri : null;
  };
  const enlarge = (source, label) => {
    $("zoom-image").src = source;
    $("zoom-image").alt = label;
    $("zoom").showModal();
  };
  $("zoom").addEventListener("click", (event) => { if (event.target === $("zoom")) $("zoom").close(); });
  const pictures = (item) => {
    const numbers = item.p || [];
    const box = make("div", "pictures");
    numbers.forEach((number, place) => {
      const small = picture(number);
      const full = data.full[number] ?? small;
      const which = numbers.length > 1 ? ["First image", "Second image"][place] ?? `Image ${place + 1}` : "Image";
      if (!full) return;
      const figure = make("figure");
      const button = make("button");
      button.type = "button";
      button.title = "Enlarge";
      const image = make("img");
      image.src = small ?? full;
      image.alt = `${which} of item ${item.id}`;
      image.decoding = "async";
      button.append(image);
      button.addEventListener("click", () => enlarge(full, image.alt));
      const exact = data.edge === null || data.full.length;
      const note = exact ? "click for full size" : `reduced preview (at most ${data.edge} px, JPEG): fine faults may not show`;
      figure.append(button, make("figcaption", "", `${which} · ${note}`));
      box.append(figure);
    });
    if (!box.childElementCount) return make("p", "small", "Picture not at hand (see the notes above).");
    return box;
  };

  // ---- detail --------------------------------------------------------------------------------------------------
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

  // ---- moving about --------------------------------------------------------------------------------------------
  const clear = () => {
    for (const select of Object.values(filters)) select.value = "";
    $("f-text").value = "";
    $("f-differ").checked = false;
    refresh();
  };
  const open = (answer) => {
    if (!shown.includes(answer)) clear();
    const place = shown.indexOf(answer);
    if (place >= 0) select(place);
  };
  const fromHash = () => {
    const match = /^#sample\/(\d+)\/([^/]+)\/(.+)$/.exec(location.hash);
    if (!match) return;
    let id;
    try { id = decodeURIComponent(match[3]); } catch { return; }
    const found = answers.find((answer) => answer.r === Number(match[1]) && data.tasks[answer.t] === match[2] && answer.item.id === id);
    if (!found) return;
    open(found);
    $("samples").scrollIntoView();
    list.focus({ preventScroll: true });
  };
  const move = (step) => { if (shown.length) select(Math.min(shown.length - 1, Math.max(0, at + step))); };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input[type=search], select, textarea");
    if ($("zoom").open) { if (event.key === "f") { event.preventDefault(); $("zoom").close(); } return; }
    if (event.key === "Escape" && typing) { event.target.blur(); list.focus({ preventScroll: true }); return; }
    if (typing) return;
    const inList = document.activeElement === list;
    const steps = { j: 1, k: -1, ...(inList ? { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity } : {}) };
    if (event.key in steps) { event.preventDefault(); move(steps[event.key]); }
    else if (event.key === "/") { event.preventDefault(); $("f-text").focus(); $("samples").scrollIntoView(); }
    else if (event.key === "f") { const button = $("detail").querySelector(".pictures button"); if (button) { event.preventDefault(); button.click(); } }
  });
  let waiting = 0;
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("filters").addEventListener("change", refresh);
  $("f-text").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(refresh, 120); });
  $("f-clear").addEventListener("click", clear);
  addEventListener("hashchange", fromHash);
  refresh();
  fromHash();
})();
