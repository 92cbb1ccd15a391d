// Elements without a library. Text is only ever set as text, so nothing that a server or a program is called can become markup.

const SVG = "http://www.w3.org/2000/svg";

function make(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (name === "data") {
      for (const [key, text] of Object.entries(value)) element.dataset[key] = text;
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) add(element, child);
    else if (child !== null && child !== undefined && child !== false) element.append(child);
  }
}

/** An element of the page: h("p", {class: "soft"}, "text", other). */
export const h = (tag, attributes, ...children) => make(document.createElement(tag), attributes, children);

/** An element of a drawing. */
export const s = (tag, attributes, ...children) => make(document.createElementNS(SVG, tag), attributes, children);

export const byId = (id) => document.getElementById(id);

/** Sets a text only where it changes, so that a screen reader is not told the same again. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Shows what is drawn anew in place of what was there. The focus, and how far something was scrolled, are kept where the new content
 * has an element with the same id.
 */
export function replace(parent, ...children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement.id : "";
  const scrolled = [...parent.querySelectorAll("[id].scroll")].map((e) => [e.id, e.scrollLeft, e.scrollTop]);
  parent.replaceChildren();
  add(parent, children);
  for (const [id, left, top] of scrolled) {
    const now = byId(id);
    if (now) {
      now.scrollLeft = left;
      now.scrollTop = top;
    }
  }
  if (focused) byId(focused)?.focus({ preventScroll: true });
}

/** How wide each element was whose height is kept: what was tall on a narrow screen may be low on this one. */
const widths = new Map();
const widened = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (widths.get(target) === target.clientWidth) continue;
    widths.set(target, target.clientWidth);
    target.style.minHeight = "";
  }
});

/** Gives an element the height of the tallest content that it has had at its width, so that what is beneath it does not jump. */
export function keepTall(element) {
  if (!widths.has(element)) {
    widths.set(element, element.clientWidth);
    widened.observe(element);
  }
  element.style.minHeight = Math.max(parseFloat(element.style.minHeight) || 0, element.offsetHeight) + "px";
}

export function badge(verdict, sign) {
  return h("span", { class: "badge " + verdict }, h("span", { "aria-hidden": "true" }, sign + " "), verdict);
}

/** A part that scrolls sideways by itself, also by keyboard. */
export const scrolling = (id, label, ...children) =>
  h("div", { class: "scroll", id, tabindex: "0", role: "region", "aria-label": label }, ...children);

const svgNumber = (n) => Math.round(n * 100) / 100;

export function rect(style, x, y, width, height, title) {
  const shape = s("rect", { class: style, x: svgNumber(x), y: svgNumber(y), width: svgNumber(Math.max(0, width)), height: svgNumber(Math.max(0, height)) });
  if (title) shape.append(s("title", {}, title));
  return shape;
}

export const line = (style, x1, y1, x2, y2) =>
  s("line", { class: style, x1: svgNumber(x1), y1: svgNumber(y1), x2: svgNumber(x2), y2: svgNumber(y2) });

export const label = (style, x, y, anchor, text) =>
  s("text", { class: style, x: svgNumber(x), y: svgNumber(y), "text-anchor": anchor }, text);

/** The cross of a failed bind: a shape of its own, whatever its colour. */
export function cross(x, y, title) {
  return s("g", { class: "failure" }, s("title", {}, title), ...["halo", "mark"].flatMap((style) =>
    [line(style, x - 5, y - 5, x + 5, y + 5), line(style, x - 5, y + 5, x + 5, y - 5)]));
}

const COLOURED = new Set(["LISTEN", "ESTABLISHED", "TIME_WAIT", "FIN_WAIT_2", "FIN_WAIT_1", "CLOSE_WAIT"]);

/** The class that colours a state. */
export const stateClass = (state) => "s-" + (COLOURED.has(state) ? state : "other");

/** A button that puts a text on the clipboard and says so. */
export function copyButton(id, name, text) {
  const button = h("button", { type: "button", class: "copy", id }, name);
  button.addEventListener("click", async () => {
    let said = "Copied";
    try {
      await navigator.clipboard.writeText(typeof text === "function" ? await text() : text);
    } catch (e) {
      // Without https the browser has no clipboard for pages: the text can still be selected by hand.
      said = e instanceof TypeError || e?.name === "NotAllowedError" ? "Not allowed here: select it and copy" : "Not copied: " + e.message;
    }
    setText(button, said);
    setTimeout(() => setText(button, name), 2500);
  });
  return button;
}
