// What a page does for the place it is in: in a frame it tells its height, on a wall it keeps the screen awake.
// Why a script: a frame tells its height at once, and a wall stays awake whatever becomes of the bundle.
const ROW_PX = 36; // of the grid, at its lowest
const { classList } = document.querySelector(".page");

if (classList.contains("embed")) {
  const rows = document.querySelector(".board").style.getPropertyValue("--rows");
  // To any origin: a height is no secret, and the page around is not known.
  parent.postMessage({ type: "andon:height", height: rows * ROW_PX }, "*");
}

if (classList.contains("kiosk")) {
  // Refused on battery or in the background: then the screen may sleep. The browser takes it from a hidden page.
  const stayAwake = () => navigator.wakeLock?.request("screen").catch(() => {});
  stayAwake();
  document.addEventListener("visibilitychange", stayAwake);
}
