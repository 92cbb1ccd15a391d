// The cycles of an experiment as a list of which only the visible rows are made: 10,000 of them cost as much as twenty.
import { badge, h, setText } from "./dom.js";
import { counts, duration, outcomeText, reuseText, SIGNS } from "./format.js";

const SPARE = 6;

/** A listbox: the list has the focus, arrows move in it, Enter opens. */
export class CycleList {
  /** @param open called with the number of a cycle, and whether it was by keyboard */
  constructor(box, open) {
    this.box = box;
    this.open = open;
    this.records = [];
    this.active = null;
    this.chosen = null;
    this.space = h("div", { class: "space" });
    box.append(this.space);
    this.rows = new Map();
    box.addEventListener("scroll", () => this.draw(), { passive: true });
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("click", (event) => {
      const row = event.target.closest("[data-cycle]");
      if (row) this.choose(Number(row.dataset.cycle), false);
    });
    new ResizeObserver(() => this.draw()).observe(box);
  }

  /** @param records the newest first; what is being read stays where it is */
  show(records, empty) {
    const top = this.box.scrollTop;
    const anchor = top > 0 ? this.records[Math.floor(top / this.height())] : undefined;
    this.records = records;
    this.index = new Map(records.map((record, i) => [record.cycle, i]));
    if (anchor && this.index.has(anchor.cycle)) {
      const within = top % this.height();
      this.size();
      this.box.scrollTop = this.index.get(anchor.cycle) * this.height() + within;
    }
    this.box.classList.toggle("is-empty", records.length === 0);
    // A listbox without options is none: what it says instead is a text.
    this.box.setAttribute("role", records.length === 0 ? "group" : "listbox");
    if (records.length === 0) {
      this.rows.clear();
      this.space.style.height = "auto";
      this.space.replaceChildren(h("p", { class: "empty" }, empty));
      return;
    }
    this.space.querySelector(".empty")?.remove();
    this.draw();
  }

  height() {
    return parseFloat(getComputedStyle(this.box).getPropertyValue("--row")) || 44;
  }

  size() {
    this.space.style.height = this.records.length * this.height() + "px";
    this.box.classList.toggle("is-short", this.records.length <= 8);
  }

  draw() {
    if (this.records.length === 0) return;
    this.size();
    const height = this.height();
    const first = Math.max(0, Math.floor(this.box.scrollTop / height) - SPARE);
    const last = Math.min(this.records.length - 1, Math.ceil((this.box.scrollTop + this.box.clientHeight) / height) + SPARE);
    const wanted = new Set();
    for (let i = first; i <= last; i++) wanted.add(this.records[i].cycle);
    if (this.active !== null && this.index.has(this.active)) wanted.add(this.active);
    for (const [cycle, row] of this.rows) {
      if (!wanted.has(cycle)) {
        row.remove();
        this.rows.delete(cycle);
      }
    }
    // In the order on the screen, which is that of reading aloud.
    let before = null;
    for (const cycle of [...wanted].sort((a, b) => this.index.get(a) - this.index.get(b))) {
      const i = this.index.get(cycle);
      if (!this.rows.has(cycle)) this.rows.set(cycle, row(this.records[i]));
      const element = this.rows.get(cycle);
      const place = before ? before.nextSibling : this.space.firstChild;
      if (place !== element) this.space.insertBefore(element, place);
      before = element;
      element.style.transform = `translateY(${i * height}px)`;
      element.setAttribute("aria-posinset", i + 1);
      element.setAttribute("aria-setsize", this.records.length);
      element.setAttribute("aria-selected", String(cycle === this.chosen));
      element.classList.toggle("active", cycle === this.active);
    }
    if (this.active !== null && this.rows.has(this.active)) this.box.setAttribute("aria-activedescendant", "row-" + this.active);
    else this.box.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const at = this.index?.get(this.active) ?? -1;
    const page = Math.max(1, Math.floor(this.box.clientHeight / this.height()) - 1);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: this.records.length - 1 }[event.key];
    if (to !== undefined && this.records.length > 0) {
      event.preventDefault();
      this.go(Math.min(this.records.length - 1, Math.max(0, to)));
    } else if ((event.key === "Enter" || event.key === " ") && this.active !== null) {
      event.preventDefault();
      this.choose(this.active, true);
    }
  }

  go(i) {
    const height = this.height();
    this.active = this.records[i].cycle;
    if (i * height < this.box.scrollTop) this.box.scrollTop = i * height;
    if ((i + 1) * height > this.box.scrollTop + this.box.clientHeight) this.box.scrollTop = (i + 1) * height - this.box.clientHeight;
    this.draw();
  }

  choose(cycle, byKeyboard) {
    this.mark(cycle);
    this.open(cycle, byKeyboard);
  }

  /** Shows which cycle is open. */
  mark(cycle) {
    this.chosen = cycle;
    if (cycle !== null) this.active = cycle;
    if (this.records.length > 0) this.draw();
  }
}

function row(record) {
  const residue = record.residue ? counts(record.residue) || "nothing" : record.unreadable ? "unreadable" : "\u2013";
  // Its name is what is seen of it, with a word before what a heading explains on the screen.
  const cell = (style, said, ...text) => h("span", { class: style }, said && h("span", { class: "k" }, said + " "), ...text);
  return h("div", {
    class: "cycle-row " + styleOf(record), role: "option", id: "row-" + record.cycle, data: { cycle: String(record.cycle) },
  },
  cell("c-cycle", "cycle", String(record.cycle)),
  cell("c-out", null, h("i", { class: "shape", "aria-hidden": "true" }), h("b", {}, outcomeText(record)), record.cause ? ", " + record.cause : ""),
  cell("c-verdict", null, badge(record.verdict, SIGNS[record.verdict] ?? "")),
  cell("c-residue", "left", residue), cell("c-reuse", "SO_REUSEADDR", reuseText(record.reuse)), cell("c-restart", "restart", record.restart),
  cell("c-close", "closed by", record.closedBy), cell("c-down", "downtime", record.downtimeMs === undefined ? "\u2013" : duration(record.downtimeMs)));
}

const styleOf = (record) => (record.outcome === "failed" && record.verdict === "Pass" ? "failed expected" : record.outcome ?? "no-bind");

/** A line above the list: how many there are of what. */
export function sayCount(element, shown, all, filter) {
  setText(element, filter === "all" ? `${all.toLocaleString("en")} ${all === 1 ? "cycle" : "cycles"}` : `${shown.toLocaleString("en")} of ${all.toLocaleString("en")} cycles`);
}
