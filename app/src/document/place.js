// What a page does for the place it is in: in a frame it tells its height, on a wall it keeps the screen awake.
// Why a script: a frame tells its height at once, and a wall stays awake whatever becomes of the bundle.
const ROW_PX = 36; // of the grid, at its lowest
const { classList } = document.querySelector(".page");

if (classList.contains("embed")) {
  const board = document.querySelector(".board");
  const verdict = document.querySelector(".panel-verdict");
  const rows = board?.style.getPropertyValue("--rows");
  const height = () => (board ? board.offsetTop + rows * ROW_PX : document.querySelector("main").scrollHeight);
  // To any origin: a height is no secret, and the page around is not known.
  const tellHeight = () => parent.postMessage({ type: "andon:height", height: height() }, "*");
  if (verdict) new ResizeObserver(tellHeight).observe(verdict);
  tellHeight();
}

if (classList.contains("kiosk")) {
  // Refused on battery or in the background: then the screen may sleep. The browser takes it from a hidden page.
  const stayAwake = () => navigator.wakeLock?.request("screen").catch(() => {});
  stayAwake();
  document.addEventListener("visibilitychange", stayAwake);
}
