// The marks of annotations: kept in place while their charts move, left out beside them, stepped through by arrows.
// Why a script: marks can be stepped through before the bundle has come.
const day = 86_400;
const statuses = ["good", "warning", "bad", "unknown"];

const ends = (mark) => {
  const of = (name) => Number(mark.style.getPropertyValue(name));
  const from = of("--day") * day + of("--at");
  return [from * 1000, (from + of("--for")) * 1000];
};

const inSight = (layer) => [...layer.querySelectorAll("li:not([hidden])")];

globalThis.place = (layer, fromMs, toMs) => {
  if (!layer.firstElementChild) return;
  const from = fromMs / 1000;
  layer.style.setProperty("--from-day", Math.floor(from / day));
  layer.style.setProperty("--from", from - Math.floor(from / day) * day);
  layer.style.setProperty("--span", (toMs - fromMs) / 1000);
  let last;
  for (const mark of layer.querySelectorAll("li")) {
    const [began, ended] = ends(mark);
    mark.hidden = ended < fromMs || began > toMs;
    mark.firstElementChild.tabIndex = -1;
    if (!mark.hidden) last = mark;
  }
  if (last) last.firstElementChild.tabIndex = 0; // one stop a chart
};

globalThis.marks = (layer) => inSight(layer).flatMap((mark) => [...ends(mark), statuses.indexOf(mark.className)]);

addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const mark = event.target.closest?.(".annotations li");
  if (!step || !mark) return;
  event.preventDefault();
  const all = inSight(mark.closest(".annotations"));
  all[all.indexOf(mark) + step]?.firstElementChild.focus();
});
