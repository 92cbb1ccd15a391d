// Tables over the cycles of an experiment: the kernel's truth table as a heat map, network by restart, what would have prevented failures.
import { h, scrolling } from "./dom.js";
import { count, number, onOff } from "./format.js";

const RESIDUES = ["none", "BOUND", "TIME_WAIT", "FIN_WAIT_1", "FIN_WAIT_2", "ESTABLISHED", "CLOSE_WAIT", "LISTEN"];
const RELATIONS = { same: "same", wildcard_over_specific: "wildcard", other: "other" };
const FAMILIES = ["IPv4", "IPv6", "dual"];

/** Pairs of SO_REUSEPORT, in the order of the plan; each has a table of its own. */
const PORTS = [[false, false], [false, true], [true, false], [true, true]];

const key = (residue, relation, family, old, fresh, ports) => [residue, relation, family, old, fresh, ...ports].join("/");
/** A record says nothing of SO_REUSEPORT where neither socket has it. */
const portsOf = (cell) => (cell.reusePort ? [cell.reusePort.old, cell.reusePort.new] : PORTS[0]);
/** The record has the names as the experiment file has them: wildcard-over-specific. */
const relationOf = (cell) => cell.relation.replaceAll("-", "_");

const words = (outcome, call) => (outcome === "bound" ? "bound" : call ? call + " fails" : "fails");

/** @param {Map} cells the cells that have been run, by key; filled by addCell */
export function addCell(cells, cycle) {
  const cell = cycle.cell;
  if (cell?.relation && cell.family) {
    cells.set(key(cell.residue, relationOf(cell), cell.family, cycle.reuse.old, cycle.reuse.new, portsOf(cell)), cycle);
  }
}

/**
 * @param planned how many cells there will be; undefined where that is not known
 * @param open called with the number of a cycle when its cell is chosen
 */
export function truthTable(cells, planned, open) {
  const all = [...cells.values()];
  const odd = all.filter((cycle) => cycle.verdict !== "Pass");
  const residues = [...new Set([...RESIDUES, ...all.map((cycle) => cycle.cell.residue)])]
    .filter((residue) => all.some((cycle) => cycle.cell.residue === residue));
  const relations = [...new Set([...Object.keys(RELATIONS), ...all.map((cycle) => relationOf(cycle.cell))])];
  const ports = PORTS.filter(([old, fresh]) => all.some((cycle) => portsOf(cycle.cell)[0] === old && portsOf(cycle.cell)[1] === fresh));
  const rows = (pair) => residues.map((residue) => h("tbody", {}, [0, 1, 2, 3].map((reuse) => {
    const old = reuse >= 2;
    const fresh = reuse % 2 === 1;
    return h("tr", {},
      reuse === 0 && h("th", { rowspan: 4, scope: "rowgroup", class: "state" }, residue),
      h("th", { scope: "row" }, onOff(old) + " \u2192 " + onOff(fresh)),
      FAMILIES.map((family) => relations.map((relation) => heatCell(cells.get(key(residue, relation, family, old, fresh, pair)), open))));
  })));
  return [
    h("p", {}, count(all.length, "cell", "cells") + (planned && planned > all.length ? " of " + number(planned) : "")
      + " observed against what the kernel's rule expects: "
      + (odd.length === 0 ? "all agree." : odd.length + (odd.length === 1 ? " does" : " do") + " not agree; framed, with both answers.")),
    h("p", { class: "soft" }, "The new socket binds the same address as the old one, the wildcard over it, or another loopback address. "
      + "A cell opens its cycle."),
    h("ul", { class: "legend truth-legend" },
      [["t-bound", "bound"], ["t-bind", "bind fails"], ["t-listen", "listen fails"], ["t-none", "not run yet"]]
        .map(([style, text]) => h("li", {}, h("span", { class: "swatch " + style }, text)))),
    ports.map((pair, at) => {
      const which = ports.length > 1 ? "SO_REUSEPORT " + onOff(pair[0]) + " \u2192 " + onOff(pair[1]) : "";
      return scrolling("truth-scroll" + (at > 0 ? "-" + at : ""), ("Truth table " + which).trim(),
        h("table", { class: "truth" },
          h("caption", { class: "k" }, (which ? which + ": what" : "What")
            + " came of binding a port, by what was left on it, SO_REUSEADDR of both sockets, family and address"),
          h("thead", {},
            h("tr", {}, h("th", { rowspan: 2, scope: "col", class: "state" }, "left on the port"), h("th", { rowspan: 2, scope: "col" }, "SO_REUSEADDR"),
              FAMILIES.map((family) => h("th", { colspan: relations.length, scope: "colgroup" }, family))),
            h("tr", {}, FAMILIES.map(() => relations.map((relation) => h("th", { scope: "col" }, RELATIONS[relation] ?? relation))))),
          rows(pair)));
    }),
  ];
}

function heatCell(cycle, open) {
  if (!cycle) return h("td", { class: "t-none" }, "\u00B7");
  const observed = cycle.outcome ? words(cycle.outcome, cycle.call) : "no answer";
  const style = !cycle.outcome ? "t-none" : cycle.outcome === "bound" ? "t-bound" : cycle.call === "listen" ? "t-listen" : "t-bind";
  const expected = cycle.expected && words(cycle.expected.outcome, cycle.expected.call);
  const agrees = cycle.verdict === "Pass";
  const text = agrees ? observed : "seen: " + observed + (expected ? "; rule: " + expected : "");
  const button = h("button", {
    type: "button", tabindex: agrees ? "-1" : "0", id: "cell-" + cycle.cycle,
    "aria-label": text + ", cycle " + cycle.cycle + (agrees ? ", as the rule has it" : ""),
    on: { click: () => open(cycle.cycle) },
  }, text);
  return h("td", { class: style + (agrees ? "" : " odd") }, button);
}

/** Rows: network of the pod; columns: restart mode; in each: bound and failed, and the causes. Null without a cycle in a cluster. */
export function networkTable(groups) {
  const networks = ["hostNetwork", "hostPort", "pod"].filter((network) => groups.some((group) => group.network === network));
  const modes = ["listener", "process", "container", "pod", "rollout"].filter((mode) => groups.some((group) => group.restart === mode));
  if (networks.length === 0) return null;
  return scrolling("network-scroll", "Network by restart",
    h("table", { class: "networks" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "network"), modes.map((mode) => h("th", { scope: "col" }, mode === "rollout" ? "rolled out" : mode + " restarted")))),
      h("tbody", {}, networks.map((network) => h("tr", {}, h("th", { scope: "row" }, network === "pod" ? "pod network" : network),
        modes.map((mode) => networkCell(groups.find((group) => group.network === network && group.restart === mode))))))));
}

function networkCell(group) {
  if (!group) return h("td", { class: "t-none" }, "not run");
  const causes = Object.entries(group.causes ?? {}).map(([cause, n]) => cause + " " + n).join(", ");
  const style = group.failed === 0 ? "t-bound" : group.bound === 0 ? "t-bind" : "t-mixed";
  return h("td", { class: style }, h("b", {}, group.failed === 0 ? "binds" : group.bound === 0 ? "fails" : "sometimes"),
    h("br"), `${number(group.bound)} bound, ${number(group.failed)} failed`, causes && [h("br"), causes]);
}

/** What would have let the failed binds succeed, the most frequent first. */
export function remediesList(remedies, open) {
  return h("ol", { class: "remedies" }, remedies.map((remedy) => h("li", {},
    h("span", { class: "times" }, number(remedy.count) + " \u00D7"),
    h("span", {}, remedy.text, " ", h("button", { type: "button", class: "link", id: "remedy-" + remedy.cycle, on: { click: () => open(remedy.cycle) } },
      remedy.count === 1 ? "cycle " + remedy.cycle : "last: cycle " + remedy.cycle)))));
}
