// Whether the port can be bound now, and what is in the way: what rebind why says. It is asked when somebody wants to know, and by itself when
// a server is gone and something is left.
import { getJson, path } from "./connection.js";
import { h, replace, scrolling, stateClass } from "./dom.js";
import { clock, duration, instant } from "./format.js";

/** A port that is left, or bound again, for as long is worth a question: while restarts follow each other quickly, the answer would be old when it came. */
const STEADY_MS = 2000;
/** While it is left, the answer is made anew as often. */
const AGAIN_MS = 10_000;

export class WhyPanel {
  /** @param place for the answer */
  constructor(place) {
    this.place = place;
    this.model = null;
  }

  /** @param model another experiment */
  show(model) {
    this.model = model;
    this.left = false;
    this.since = 0;
    /** When the answer that is shown was asked for by itself; null where none was. */
    this.asked = null;
    this.place.replaceChildren(h("p", { class: "empty" }, "Nobody has asked yet."));
  }

  /** @param left whether nobody listens, and something is left on the port */
  saw(left) {
    const now = performance.now();
    if (left !== this.left) {
      this.left = left;
      this.since = now;
    }
    const old = this.asked !== null && this.asked < this.since;
    const again = left && (this.asked === null || now - this.asked > AGAIN_MS);
    if (now - this.since > STEADY_MS && (old || again)) {
      this.asked = now;
      this.ask();
    }
  }

  async ask() {
    const { model } = this;
    if (!model) return;
    let shown;
    try {
      const { answers } = await getJson(path(model.namespace, model.name, "/why"));
      shown = answers.map(answerView);
    } catch (e) {
      shown = h("p", { class: "empty" }, e.status ? e.message : "The server did not answer: " + e.message);
    }
    if (model === this.model) replace(this.place, shown);
  }
}

/** Who says so, where that is not this machine. */
function source(by, reason) {
  switch (by) {
    case "podAgent": return "The agent in the pod says so.";
    case "nodeAgent": return "The agent of the pod's node says so; it looks at the pod from outside.";
    case "controller": return `No agent answers: ${reason}. This is what the controller knows from outside.`;
    default: return null;
  }
}

function answerView({ pod, answeredBy, reason, diagnosis }) {
  const by = source(answeredBy, reason);
  const at = instant(diagnosis.at);
  const told = (text) => inReadersZone(text, at);
  const remedies = (when) => diagnosis.remedies.filter((remedy) => remedy.when === when);
  const list = (name, items) => items.length > 0 && [h("h3", {}, name), h("ul", {}, items.map((item) => h("li", {}, told(item.text))))];
  return [
    pod && h("h3", {}, pod),
    h("p", { class: "sentence" }, h("b", {}, told(diagnosis.summary))),
    h("p", { class: "soft" }, (diagnosis.cause ? "Cause: " + diagnosis.cause + ". " : "") + `Asked at ${clock(at)}.`),
    by && h("p", { class: "soft" }, by),
    list("Do now", remedies("now")),
    list("So that it does not come back", remedies("later")),
    diagnosis.blocking.length > 0 && [h("h3", {}, "In the way"), blocking(diagnosis.blocking, pod ?? "")],
    list("What this cannot know", diagnosis.limits),
  ];
}

function blocking(sockets, id) {
  return scrolling("why-scroll" + id, "In the way",
    h("table", { class: "sockets" },
      h("thead", {}, h("tr", {}, ["state", "sockets", "goes", "local", "held by"].map((name) => h("th", { scope: "col", class: name === "sockets" ? "n" : null }, name)))),
      h("tbody", {}, sockets.map((socket) => h("tr", {},
        h("td", { class: "st " + stateClass(socket.state) }, socket.state), h("td", { class: "n" }, socket.count), h("td", {}, ending(socket.ending)),
        h("td", { class: "mono" }, socket.local), h("td", {}, holder(socket.holder)))))));
}

function ending(end) {
  if (end.kind !== "timer") return end.kind === "until_closed" ? "when it is closed" : end.kind.replaceAll("_", " ");
  return end.predicted === null || end.predicted === undefined ? `in ${duration(end.earliest * 1000)} to ${duration(end.latest * 1000)}` : `in ${duration(end.predicted * 1000)}`;
}

const holder = (of) => (of.processes ? of.processes.map((one) => `${one.name} (pid ${one.pid})`).join(", ") : of.kind.replaceAll("_", " "));

/** The answer's times of day are in UTC. */
export function inReadersZone(text, at) {
  return text.replace(/\b(at|until) (\d\d):(\d\d):(\d\d)(\.\d)?/g, (_, word, hours, minutes, seconds) => {
    let told = Math.floor(at / 86_400_000) * 86_400_000 + ((+hours * 60 + +minutes) * 60 + +seconds) * 1000;
    if (told < at - 43_200_000) told += 86_400_000;
    return word + " " + clock(told);
  });
}
