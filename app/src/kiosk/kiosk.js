// What to show is asked of the server every few seconds; only what it has just answered is ever loaded.
// Why a script: a wall outlives each of its frames, with their bundles.
const ASK_MS = 5_000;
const ASK_LIMIT_MS = 10_000;
const LOAD_LIMIT_MS = 30_000;
// A frame is replaced by a fresh one after so long, and when it has been cut off for so long beside a server that answers.
const FRESH_MS = 3_600_000;
const STUCK_MS = 60_000;
// The clock of a board that lives moves every minute.
const STOPPED_MS = 130_000;

const wall = document.querySelector(".wall");
const note = wall.querySelector(".wall-note");
let seen; // the frame that is shown
let seenUrl;
let turn = 0;
let until = 0; // when the next board's turn begins
let freshUntil = 0;
let cutOffSince = 0;
let clock = { text: "", sinceMs: 0 };

async function ask() {
  const answer = await fetch(wall.dataset.address, { cache: "no-store", signal: AbortSignal.timeout(ASK_LIMIT_MS) });
  if (!answer.ok) throw new Error(`the server says ${answer.status}`);
  return answer.json();
}

function themeNow({ theme, night }) {
  if (!night) return theme;
  const minute = new Date().getHours() * 60 + new Date().getMinutes();
  const [from, to] = night;
  const isNight = from <= to ? from <= minute && minute < to : from <= minute || minute < to;
  return isNight ? "dark" : theme;
}

// The board in a frame; nothing while the frame holds a page that says what is wrong, or one of another origin.
const boardIn = (frame) => frame?.contentDocument?.querySelector(".kiosk .board");

// Loads unseen, and shows what was loaded in the place of what is seen.
async function show(url) {
  const next = document.createElement("iframe");
  next.className = "coming";
  next.title = "Board";
  next.allow = "screen-wake-lock";
  const loaded = new Promise((done) => {
    next.onload = () => next.contentDocument?.URL !== "about:blank" && done();
    setTimeout(done, LOAD_LIMIT_MS);
  });
  next.src = url;
  wall.append(next);
  await loaded;
  if (!boardIn(next)) {
    next.remove();
    throw new Error(`${url} did not load`);
  }
  next.className = "";
  seen?.remove();
  [seen, seenUrl, freshUntil] = [next, url, Date.now() + FRESH_MS];
  clock.sinceMs = Date.now();
  cutOffSince = 0;
}

function isStuck() {
  if (!boardIn(seen)) return true;
  const word = seen.contentDocument.querySelector(".state [role=status]")?.textContent ?? "";
  if (word !== "Reconnecting") cutOffSince = 0;
  else cutOffSince ||= Date.now();
  const text = seen.contentDocument.querySelector(".clock")?.textContent ?? "";
  if (text !== clock.text) clock = { text, sinceMs: Date.now() };
  if (Date.now() - clock.sinceMs > STOPPED_MS) return true;
  return cutOffSince > 0 && Date.now() - cutOffSince > STUCK_MS;
}

async function step() {
  const list = await ask();
  if (list.version !== wall.dataset.version) return location.reload();
  if (list.boards.length === 0) throw new Error("none of the playlist's boards is there yet");
  const isDue = Date.now() >= until;
  if (isDue && seen) turn += 1;
  const board = list.boards[turn % list.boards.length];
  const url = `${board.url}&theme=${themeNow(list)}`;
  document.documentElement.dataset.theme = themeNow(list);
  if (url !== seenUrl || Date.now() >= freshUntil || isStuck()) await show(url);
  if (isDue) until = Date.now() + board.seconds * 1000;
  note.hidden = true;
}

async function stayAwake() {
  if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen").catch(() => {});
}

document.addEventListener("visibilitychange", stayAwake);
stayAwake();
for (;;) {
  try {
    await step();
  } catch (error) {
    // What is seen says by itself how old it is.
    note.hidden = Boolean(seen);
    note.textContent = `Waiting for Andon: ${error.message}`;
  }
  const wait = Math.min(ASK_MS, Math.max(until - Date.now(), 200));
  await new Promise((done) => setTimeout(done, wait));
}
