// An experiment beside another one: what differs, by how much, with how many cycles behind it. The server compares, as rebind compare does.
import { getJson, path } from "./connection.js";
import { h, replace, scrolling } from "./dom.js";
import { idOf } from "./experiments.js";
import { count } from "./format.js";

export class ComparePanel {
  /**
   * @param section hidden where there is nothing to compare with
   * @param choice of the other experiment
   * @param place for the answer
   */
  constructor(section, choice, place) {
    this.section = section;
    this.choice = choice;
    this.place = place;
    this.model = null;
    this.all = [];
  }

  /** @param model another experiment */
  show(model) {
    this.model = model;
    this.place.replaceChildren();
    this.offer(this.all);
  }

  /** @param experiments all that there are */
  offer(experiments) {
    this.all = experiments;
    const own = this.model && this.model.namespace + "/" + this.model.name;
    const others = experiments.filter((one) => idOf(one) !== own && one.counts.done > 0).map(idOf);
    this.section.hidden = others.length === 0;
    if (others.join() === [...this.choice.options].map((option) => option.value).join()) return;
    const chosen = this.choice.value;
    this.choice.replaceChildren(...others.map((id) => h("option", { value: id }, id)));
    if (others.includes(chosen)) this.choice.value = chosen;
  }

  async ask() {
    const { model } = this;
    if (!model || !this.choice.value) return;
    let shown;
    try {
      shown = view(await getJson(path(model.namespace, model.name, "/comparison?with=" + encodeURIComponent(this.choice.value))));
    } catch (e) {
      shown = h("p", { class: "empty" }, e.status ? e.message : "The server did not answer: " + e.message);
    }
    if (model === this.model) replace(this.place, shown);
  }
}

function view({ before, after, measures, otherwise, conclusion }) {
  const side = (name, one) => `${name}: ${one.name}, ${count(one.cycles, "cycle", "cycles")}`;
  return [
    h("p", {}, h("b", {}, conclusion)),
    scrolling("compare-scroll", "Both experiments side by side", h("table", { class: "sockets" },
      h("thead", {}, h("tr", {}, ["measure", side("before", before), side("after", after), "difference", "what it shows"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, measures.map((one) => h("tr", {},
        h("th", { scope: "row" }, one.measure), h("td", {}, one.before), h("td", {}, one.after), h("td", {}, one.difference ?? ""), h("td", {}, one.told)))))),
    otherwise.length > 0 && h("p", { class: "soft" }, "The experiments differ in " + otherwise.join(", ") + "."),
  ];
}
