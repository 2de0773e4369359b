// Light or dark: as the address says, else as chosen here before, else as the system has it.
const remember = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private window */ } };
const recall = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const isTheme = (value) => value === "dark" || value === "light";
const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
let asked = ""; // what the address says

if (isTheme(recall("medq-theme"))) root.dataset.theme = recall("medq-theme");
FIELDS.set("theme", {
  get: () => asked,
  set: (value) => {
    if (value && !isTheme(value)) return `The address asks for the theme "${apart(value)}"; there are light and dark.`;
    if (value) root.dataset.theme = asked = value;
    return "";
  },
});
$("theme").addEventListener("click", () => {
  root.dataset.theme = asked = dark() ? "light" : "dark";
  remember("medq-theme", asked);
  note();
});
