// Choices apply when they are made, long lists are searched on the server, rows fold in place, Ctrl-K finds boards.
const part = async (url, fill) => {
  const answer = await fetch(url);
  if (answer.ok) fill(await answer.text());
};

const form = document.querySelector(".pickers");
if (form) {
  const ours = /^(var|find|add)-/;
  // What the form asks for; what else the address says by now stays.
  const asked = (path) => {
    const url = new URL(path, location.origin);
    url.search = location.search;
    for (const name of [...url.searchParams.keys()]) if (ours.test(name)) url.searchParams.delete(name);
    for (const [name, value] of new FormData(form)) {
      if (ours.test(name) && !name.startsWith("find-")) url.searchParams.append(name, value);
    }
    return url;
  };
  const apply = () => location.assign(asked(location.pathname));
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
    const choices = target.closest(".choices");
    const url = asked("/api/choices");
    url.searchParams.set("board", document.querySelector("main").dataset.board);
    url.searchParams.set("name", choices.dataset.name);
    url.searchParams.set("find", target.value);
    const wanted = target.value;
    part(url, (html) => {
      if (wanted === target.value) choices.querySelector("ul").innerHTML = html;
    });
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
const look = () => {
  const wanted = find.value;
  part(`/api/palette?find=${encodeURIComponent(wanted)}`, (html) => {
    if (wanted === find.value) found.innerHTML = html;
  });
};
const open = (event) => {
  event.preventDefault();
  palette.showPopover();
  find.select();
  look();
};
find.addEventListener("input", look);
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
