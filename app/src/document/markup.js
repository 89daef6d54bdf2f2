// What the server writes anew goes into the page in place: the focus, a selection and the scrolled place stay, and a
// table keeps the order that its reader chose (`data-order`: a column, negative from the least, both counted from 1).
// Why a script: the browser's own parser and nodes do it in a third of the bundle's bytes; tables are sorted before it has come.
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

// Rows keep their elements while others come and go before them.
const takeOverRows = (held, fresh) => {
  const old = new Map([...held.children].map((row) => [row.dataset.rowKey, row]));
  const rows = [...fresh.children].map((row) => {
    const own = old.get(row.dataset.rowKey);
    if (own) takeOver(own, row);
    return own ?? row;
  });
  for (const row of [...held.children]) if (!rows.includes(row)) row.remove();
  rows.forEach((row, index) => held.children[index] === row || held.insertBefore(row, held.children[index] ?? null));
};

const takeOverChildren = (held, fresh) => {
  if (fresh.dataset?.rows !== undefined) return takeOverRows(held, fresh);
  const [old, now] = [[...held.childNodes], [...fresh.childNodes]];
  now.forEach((node, index) => (old[index] ? takeOver(old[index], node) : held.append(node)));
  for (const node of old.slice(now.length)) node.remove();
};

/** What the server says that stands in the element, in the server's order. */
const contentOf = (element) => {
  const content = element.cloneNode();
  content.innerHTML = element.markup ?? element.innerHTML;
  return content;
};

const show = (element, fresh) => {
  arrange(fresh, Number(element.dataset.order));
  for (const button of fresh.querySelectorAll("[data-key]")) {
    const held = element.querySelector(`[data-key="${button.dataset.key}"]`);
    if (held) button.ariaPressed = held.ariaPressed;
  }
  takeOverChildren(element, fresh);
};

globalThis.rewrite = (element, html) => {
  element.markup = html;
  show(element, contentOf(element));
};

globalThis.patchRows = (element, html, atStart, keep) => {
  const content = contentOf(element);
  const rows = content.querySelector("[data-rows]");
  const template = document.createElement("template");
  template.innerHTML = html;
  const inserted = [];
  const held = new Map([...rows.children].map((row) => [row.dataset.rowKey, row]));
  for (const row of [...template.content.children]) {
    const old = held.get(row.dataset.rowKey);
    old ? old.replaceWith(row) : inserted.push(row);
  }
  rows[atStart ? "prepend" : "append"](...inserted);
  while (rows.children.length > keep) rows[atStart ? "lastElementChild" : "firstElementChild"].remove();
  element.markup = content.innerHTML;
  show(element, content);
};

addEventListener("click", (event) => {
  const heading = event.target.closest?.("[data-sort]");
  if (!heading) return;
  event.preventDefault(); // where it is a link, for pages without a script
  const holder = heading.closest(".legend-table, .body");
  const [held, column] = [Number(holder.dataset.order ?? 0), Number(heading.dataset.sort)];
  holder.dataset.order = held === column ? -column : held === -column ? 0 : column;
  holder.markup ??= holder.innerHTML;
  show(holder, contentOf(holder));
});
