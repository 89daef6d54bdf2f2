// The page is complete as it came: it is painted before the bundle takes a share of the processor.
// Why a script: it fetches the bundle, and outlives one that traps.
const painted = new Promise((done) => {
  new PerformanceObserver(done).observe({ type: "paint", buffered: true });
  setTimeout(done, document.hidden ? 0 : 1000); // what nobody looks at is not painted
});
await painted;
const wasm = fetch("WASM");
const [bundle, { openStream }] = await Promise.all([import("SCRIPT"), import("STREAMS")]);
globalThis.openStream = openStream;
await bundle.default({ module_or_path: wasm });
for (const island of document.querySelectorAll("leptos-island")) {
  try {
    bundle[island.dataset.component]?.(island);
  } catch (error) {
    console.error(error); // an island that fails keeps no other asleep
  }
}
// One that fails later may hold what the others need: what the server writes stands, and is fetched anew.
const REFRESH_MS = 10_000;
const refresh = async () => {
  const isThere = await fetch("/livez").then(({ ok }) => ok, () => false);
  isThere ? location.reload() : setTimeout(refresh, REFRESH_MS);
};
addEventListener("error", function failed({ error }) {
  if (!(error instanceof WebAssembly.RuntimeError)) return;
  removeEventListener("error", failed);
  setTimeout(refresh, REFRESH_MS);
});
