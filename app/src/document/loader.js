// The page is complete as it came: it is painted before the bundle takes a share of the processor.
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
    reportError(error); // an island that fails keeps no other asleep
  }
}
