// What the server writes anew goes into the page in place: the focus, a selection and the scrolled place stay, and a
// table keeps the order that its reader chose (`data-order`: a column, negative from the least, both counted from 1).
const key = (row, column) => {
  const cell = row.cells[column - 1];
  const number = Number.parseFloat(cell.dataset.value);
  return Number.isNaN(number) ? cell.textContent : number;
};
const compare = (a, b) => (typeof a === typeof b ? (a < b) - (a > b) : typeof a === "number" ? -1 : 1);

const arrange = (content, order) => {
  if (!order) return;
  const column = Math.abs(order);
  const heading = content.querySelector(`[data-sort="${column}"]`)?.closest("th");
  const body = content.querySelector("tbody");
  if (!heading || !body) return;
  heading.ariaSort = order > 0 ? "descending" : "ascending";
  const sign = Math.sign(order);
  body.append(...[...body.rows].sort((a, b) => sign * compare(key(a, column), key(b, column))));
};

const takeOver = (held, fresh) => {
  if (held.isEqualNode(fresh)) return;
  if (held.nodeName !== fresh.nodeName) return held.replaceWith(fresh);
  if (!held.attributes) {
    held.nodeValue = fresh.nodeValue;
    return;
  }
  for (const { name } of [...held.attributes]) if (!fresh.hasAttribute(name)) held.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (held.getAttribute(name) !== value) held.setAttribute(name, value);
  takeOverChildren(held, fresh);
};

const takeOverChildren = (held, fresh) => {
  const [old, now] = [[...held.childNodes], [...fresh.childNodes]];
  now.forEach((node, index) => (old[index] ? takeOver(old[index], node) : held.append(node)));
  for (const node of old.slice(now.length)) node.remove();
};

globalThis.rewrite = (element, html) => {
  element.written = html;
  const fresh = element.cloneNode();
  fresh.innerHTML = html;
  arrange(fresh, Number(element.dataset.order));
  for (const button of fresh.querySelectorAll("[data-key]")) {
    const held = element.querySelector(`[data-key="${button.dataset.key}"]`);
    if (held) button.ariaPressed = held.ariaPressed;
  }
  takeOverChildren(element, fresh);
};

addEventListener("click", (event) => {
  const heading = event.target.closest?.("[data-sort]");
  if (!heading) return;
  event.preventDefault(); // where it is a link, for pages without a script
  const holder = heading.closest(".legend-table, .body");
  const [held, column] = [Number(holder.dataset.order ?? 0), Number(heading.dataset.sort)];
  holder.dataset.order = held === column ? -column : held === -column ? 0 : column;
  rewrite(holder, holder.written ?? holder.innerHTML);
});
