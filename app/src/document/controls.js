// Choices apply when they are made, rows fold in place, Ctrl-K opens the palette.
// Why a script: whoever acts before the bundle has come is answered all the same. What is searched on the server
// the bundle fetches (store/browser/lookup.rs), from the address that is put together here out of the form.
const form = document.querySelector(".pickers");
if (form) {
  const ours = /^(var|find|add)-/;
  // What the form asks for; what else the address says by now stays.
  const asked = () => {
    const url = new URL(location);
    url.hash = ""; // with it, the same address would not be loaded anew
    for (const name of [...url.searchParams.keys()]) if (ours.test(name)) url.searchParams.delete(name);
    for (const [name, value] of new FormData(form)) {
      if (ours.test(name) && !name.startsWith("find-")) url.searchParams.append(name, value);
    }
    return url;
  };
  const apply = () => location.assign(asked());
  let changed = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
  });
  form.addEventListener("change", ({ target }) => {
    const { name, type, value } = target;
    if (type === "search") return;
    if (name.startsWith("add-")) {
      if (name.endsWith("-value") && form.elements[name.replace(/value$/, "label")].value) apply();
    } else if (type === "checkbox" && target.closest(".choices")) {
      const all = "$__all";
      for (const box of form.querySelectorAll(`input[name="${name}"]`)) {
        if (target.checked && box !== target && (value === all || box.value === all)) box.checked = false;
      }
      changed = true;
    } else apply();
  });
  form.addEventListener("toggle", ({ target }) => !target.open && changed && apply(), true);
  form.addEventListener("input", ({ target }) => {
    if (target.type !== "search") return;
    const url = asked();
    url.pathname = "/api/choices";
    url.searchParams.set("board", document.querySelector("main").dataset.board);
    url.searchParams.set("name", target.closest(".choices").dataset.name);
    url.searchParams.set("find", target.value);
    target.dataset.lookup = url;
  });
  const close = (except) => {
    for (const list of form.querySelectorAll("details[open]")) if (list !== except) list.open = false;
  };
  addEventListener("click", ({ target }) => close(target.closest?.("details")));
  form.addEventListener("keydown", ({ key, target }) => {
    const list = target.closest("details[open]");
    if (key === "Escape" && list) {
      list.open = false;
      list.querySelector("summary").focus();
    }
  });
}

addEventListener("click", (event) => {
  const row = event.target.closest?.("a[data-row]");
  if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const url = new URL(location);
  const toggled = new Set((url.searchParams.get("rows") ?? "").split(".").filter(Boolean));
  const { row: id } = row.dataset;
  toggled.delete(id) || toggled.add(id);
  url.searchParams.set("rows", [...toggled].join("."));
  if (!toggled.size) url.searchParams.delete("rows");
  history.replaceState(null, "", url);
  location.reload(); // stays where the page is scrolled to
});

addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-set]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const url = new URL(location);
  for (const [name, value] of new URLSearchParams(link.dataset.set)) {
    value ? url.searchParams.set(name, value) : url.searchParams.delete(name);
  }
  location.assign(url);
});

const palette = document.getElementById("palette");
const [find, found] = palette.children;
find.addEventListener("input", () => {
  find.dataset.lookup = `/api/palette?find=${encodeURIComponent(find.value)}`;
});
const open = (event) => {
  event.preventDefault();
  palette.showPopover();
  find.select();
  find.dispatchEvent(new Event("input", { bubbles: true })); // looks for what stands there
};
palette.addEventListener("keydown", (event) => {
  const links = [...found.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    (links[at + step] ?? find).focus();
  } else if (event.key === "Enter" && at < 0) links[0]?.click();
});
palette.addEventListener("click", ({ target }) => target.closest("a") && palette.hidePopover());
addEventListener("click", (event) => event.target.closest?.("[data-palette]") && open(event));
addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey) open(event);
});

// A canvas keeps its colours while it is printed: the style sheet turns dark ones round.
addEventListener("beforeprint", () => {
  const { classList, dataset } = document.documentElement;
  const dark = dataset.theme ? dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  classList.toggle("was-dark", dark);
});
