// What a panel's menu does that needs nothing of the bundle: the table of a chart's values, and copies of what the server
// has written. Charts draw their own copies. And the keys that need nothing of the page's state.
// Why a script: a panel's menu works before the bundle has come, and on panels of which the bundle knows nothing.
const PIXELS = 2; // device pixels in a CSS pixel of a picture: sharp on any screen

let opener; // the button whose panel's menu was opened last
const panelOf = (element) => element?.closest(".panel");

const showValues = (panel) => {
  const values = panel?.querySelector("details.values");
  if (values) values.open = !values.open;
  if (values?.open) values.querySelector("div").focus();
};

/** The panel as an SVG file: its own markup, with the page's style. */
const drawing = (panel) => {
  const page = document.documentElement;
  const { width, height } = panel.getBoundingClientRect();
  const theme = page.dataset.theme ?? (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const set = (element, attributes) => {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  };
  const add = (parent, tag, space = svg.namespaceURI) => parent.appendChild(document.createElementNS(space, tag));
  set(svg, { width, height, "data-theme": theme, style: `font-size:${getComputedStyle(page).fontSize}` });
  add(svg, "style").textContent = document.querySelector("head style").textContent;
  const frame = add(svg, "foreignObject");
  set(frame, { width, height });
  const copy = panel.cloneNode(true);
  for (const button of copy.querySelectorAll(".more, .share-button, [popover]")) button.remove();
  copy.style.cssText = `margin:0;padding:0.5rem;width:${width}px;height:${height}px`;
  add(frame, "body", page.namespaceURI).append(copy);
  return new XMLSerializer().serializeToString(svg);
};

const picture = async (panel) => {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(drawing(panel))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.width * PIXELS;
  canvas.height = image.height * PIXELS;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done));
};

const copies = {
  svg: async (panel) => new Blob([drawing(panel)], { type: "image/svg+xml" }),
  png: picture,
};
const save = async (panel, format) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await copies[format](panel));
  link.download = `${document.getElementById(panel.getAttribute("aria-labelledby")).textContent}.${format}`;
  link.click();
  URL.revokeObjectURL(link.href);
};

addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-panel]");
  if (button) {
    opener = button;
    document.querySelector(".of-charts").hidden = !button.hasAttribute("data-drawn");
  }
  const entry = target.closest?.("[data-values], [data-action]");
  if (entry?.hasAttribute("data-values")) {
    entry.closest("[popover]").hidePopover();
    showValues(panelOf(opener));
  }
  const format = entry?.dataset.action;
  if (copies[format] && !opener.hasAttribute("data-drawn")) save(panelOf(opener), format);
});

addEventListener("keydown", ({ target, key }) => {
  const values = key === "Escape" && target.closest?.("details.values[open]");
  if (values) values.open = false;
});

const keys = {
  "?": () => document.getElementById("help").togglePopover(),
  f: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
  v: (target) => showValues(panelOf(target) ?? document.querySelector(".panel:hover")),
};
addEventListener("keydown", (event) => {
  const { key, target, ctrlKey, metaKey, altKey } = event;
  const act = Object.hasOwn(keys, key) && keys[key];
  if (!act || ctrlKey || metaKey || altKey || target.closest("input, textarea, select")) return;
  event.preventDefault();
  act(target);
});
