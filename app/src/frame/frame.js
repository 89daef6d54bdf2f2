// Asks for the frame's panels anew at every step, and tells the page around how high they are.
// Why a script: a light frame has no bundle.
const LIMIT_MS = 15_000;
const ROW_PX = 36; // of a board's grid, at its lowest

const main = document.querySelector("main");
const note = document.querySelector(".frame-note");
const refreshMs = Number(main.dataset.refreshMs);
const part = new URL(location.href);
part.searchParams.set("part", "panels");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const isElsewhere = document.documentElement.dataset.zone === "browser" && zone !== "UTC";
if (isElsewhere) part.searchParams.set("zone", zone);

// A panel fills its frame, so what it shall be told is the height that it has on its board.
const height = () => {
  const rows = main.querySelector(".board")?.style.getPropertyValue("--rows");
  return rows ? rows * ROW_PX : main.scrollHeight;
};
// To any origin: a height is no secret, and the page around is not known.
const tellHeight = () => parent.postMessage({ type: "andon:height", height: height() }, "*");
new ResizeObserver(tellHeight).observe(main);
tellHeight();

const seen = () =>
  document.visibilityState === "visible" ||
  new Promise((done) => document.addEventListener("visibilitychange", done, { once: true }));

async function fill() {
  try {
    const answer = await fetch(part, { cache: "no-store", signal: AbortSignal.timeout(LIMIT_MS) });
    if (!answer.ok) throw new Error(String(answer.status));
    main.innerHTML = await answer.text();
    note.hidden = true;
  } catch {
    note.hidden = false;
  }
}

if (isElsewhere) await fill();
while (refreshMs > 0) {
  await new Promise((done) => setTimeout(done, refreshMs));
  await seen();
  await fill();
}
