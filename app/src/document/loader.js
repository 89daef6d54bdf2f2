import start, * as bundle from "SCRIPT";
await start({ module_or_path: "WASM" });
for (const island of document.querySelectorAll("leptos-island")) {
  bundle[island.dataset.component]?.(island);
}
