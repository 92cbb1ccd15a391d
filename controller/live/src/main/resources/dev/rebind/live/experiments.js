// The list of experiments, and the head of the chosen one.
import { badge, h, setText } from "./dom.js";
import { count, counts, duration, full, instant, moment, number, requestCauses, SIGNS } from "./format.js";

const PHASES = { Pending: "\u2026", Running: "\u25B6", Paused: "\u2016", Completed: "\u25A0", Aborted: "\u2715", Error: "!" };

export const isOver = (experiment) => ["Completed", "Aborted", "Error"].includes(experiment.phase);

export const idOf = (experiment) => experiment.namespace + "/" + experiment.name;

export const phase = (experiment) => h("span", { class: "phase " + experiment.phase },
  h("span", { "aria-hidden": "true" }, (PHASES[experiment.phase] ?? "\u00B7") + " "), experiment.phase);

/** An item of the list for each experiment; an item is changed and not made anew, so that the focus stays where it is. */
export class ExperimentList {
  constructor(list, empty) {
    this.list = list;
    this.empty = empty;
    this.items = new Map();
  }

  /** @param many whether namespaces are worth their place */
  show(experiments, chosen, many) {
    for (const [id, item] of this.items) {
      if (!experiments.some((experiment) => idOf(experiment) === id)) {
        item.element.remove();
        this.items.delete(id);
      }
    }
    experiments.forEach((experiment, i) => {
      const id = idOf(experiment);
      if (!this.items.has(id)) this.items.set(id, this.item(experiment));
      const item = this.items.get(id);
      item.namespace.hidden = !many;
      if (this.list.children[i] !== item.element) this.list.insertBefore(item.element, this.list.children[i] ?? null);
      this.update(item, experiment, id === chosen);
    });
    this.empty.hidden = experiments.length > 0;
  }

  item(experiment) {
    const namespace = h("span", { class: "soft namespace" }, experiment.namespace);
    const state = h("span", { class: "state" });
    const numbers = h("span", { class: "numbers" });
    const bar = h("progress", { max: 1, value: 0, "aria-hidden": "true" });
    // The namespace comes last, as it is seen.
    const link = h("a", { href: "#/" + encodeURIComponent(experiment.namespace) + "/" + encodeURIComponent(experiment.name) },
      h("span", { class: "name" }, experiment.name), state, numbers, namespace);
    return { element: h("li", {}, link, bar), link, namespace, state, numbers, bar, said: "" };
  }

  update(item, experiment, chosen) {
    if (chosen) item.link.setAttribute("aria-current", "true");
    else item.link.removeAttribute("aria-current");
    const said = [experiment.phase, experiment.verdict, experiment.asked].join();
    if (item.said !== said) {
      item.said = said;
      item.state.replaceChildren(...marks(experiment));
    }
    setText(item.numbers, progress(experiment) + (experiment.counts.failed > 0 ? ", " + count(experiment.counts.failed, "failed bind", "failed binds") : ""));
    const planned = experiment.planned ?? 0;
    item.bar.hidden = planned === 0 || isOver(experiment);
    item.bar.max = Math.max(1, planned);
    item.bar.value = experiment.counts.done;
  }
}

/** The verdict where there is one, else the phase; both where the phase is news. */
function marks(experiment) {
  const shown = [];
  if (!experiment.verdict || experiment.phase !== "Completed") shown.push(phase(experiment));
  if (experiment.verdict) shown.push(badge(experiment.verdict, SIGNS[experiment.verdict] ?? ""));
  return shown;
}

const progress = (experiment) => {
  const { done } = experiment.counts;
  if (experiment.planned === undefined || experiment.planned === done) return count(done, "cycle", "cycles");
  return number(done) + " of " + count(experiment.planned, "cycle", "cycles");
};

/** The facts under the name of the chosen experiment. */
export function headline(experiment, steps, now) {
  const started = instant(experiment.startedAt);
  const ended = instant(experiment.completedAt);
  const parts = [phase(experiment)];
  if (experiment.verdict) parts.push(badge(experiment.verdict, SIGNS[experiment.verdict] ?? ""));
  if (experiment.asked) {
    parts.push(h("span", { class: "asked" }, experiment.asked === "pause" ? "pausing after the cycle under way" : "being aborted"));
  }
  if (started !== null) {
    parts.push(h("span", { class: "soft" }, "began ", time(started, now), ended === null ? "" : [", took ", duration(ended - started)]));
  }
  return { parts, steps: isOver(experiment) ? [] : steps.map((step) => `Cycle ${step.cycle}: ${step.what}`) };
}

export const time = (ms, now) => h("time", { datetime: new Date(ms).toISOString(), title: full(ms) }, moment(ms, now));

/** Figures at a glance. */
export function tiles(experiment) {
  const { done, bound, failed, withoutBind, failedByCause, verdicts, requests } = experiment.counts;
  const notPassed = Object.entries(verdicts).filter(([verdict]) => verdict !== "Pass");
  const tile = (value, name, detail) => h("li", {}, h("b", {}, value), h("span", {}, name), detail && h("span", { class: "detail" }, detail));
  return [
    tile(number(done), experiment.planned === undefined || experiment.planned === done ? (done === 1 ? "cycle done" : "cycles done")
      : "of " + count(experiment.planned, "cycle", "cycles")),
    tile(number(bound), "bound at once"),
    failed > 0 && tile(number(failed), failed === 1 ? "bind failed" : "binds failed", counts(failedByCause)),
    withoutBind > 0 && tile(number(withoutBind), "ended before a bind"),
    notPassed.length > 0 && tile(number(notPassed.reduce((sum, [, n]) => sum + n, 0)), "did not pass", counts(Object.fromEntries(notPassed))),
    requests?.failed > 0 && tile(number(requests.failed), `of ${count(requests.sent, "request", "requests")} failed`, requestCauses(requests.failedByCause)),
  ];
}
