// Which servers in pods would not come back at once if their container were restarted now: the last audit of the nodes' agents, the worst first.
import { getJson } from "./connection.js";
import { h, replace, scrolling } from "./dom.js";
import { clock, count, instant } from "./format.js";
import { inReadersZone } from "./why.js";

/** An audit is made every minute unless told otherwise. */
const AGAIN_MS = 30_000;
/** More rows than anyone reads. */
const MOST = 200;
const COLUMNS = [["Port", "n"], ["Pod"], ["After a restart now"], ["Address"], ["SO_REUSEADDR"], ["Program"], ["Waiting", "n"]];

export class AuditPanel {
  /**
   * @param section hidden where nothing is audited
   * @param place for the table
   */
  constructor(section, place) {
    this.section = section;
    this.place = place;
    this.timer = null;
  }

  /** Asks until it is said that nothing is audited, and again with the next connection. */
  begin() {
    if (this.timer === null) this.ask();
  }

  async ask() {
    this.timer = setTimeout(() => this.ask(), AGAIN_MS);
    try {
      const audit = await getJson("v1/audit");
      this.section.hidden = false;
      replace(this.place, view(audit));
    } catch (e) {
      // 409: nothing is audited, and nothing will be. Whatever else: what was shown stays, and is asked for again.
      if (e.status === 409) {
        clearTimeout(this.timer);
        this.timer = null;
        this.section.hidden = true;
      }
    }
  }
}

function view(audit) {
  const rows = audit.listeners.slice(0, MOST);
  const blocked = audit.listeners.filter((one) => one.restart.verdict === "would_be_blocked").length;
  const unknown = audit.listeners.filter((one) => one.restart.verdict === "not_known").length;
  const more = audit.listeners.length - rows.length + audit.left_out;
  return [
    h("p", { class: "soft" }, `${count(audit.listeners.length, "server", "servers")} at ${clock(instant(audit.at))}: ${blocked} would be blocked, ${unknown} cannot be told.`
      + (more > 0 ? ` ${more} more are not shown.` : "")
      + " A pod that is deleted and made again has a new network namespace, and binds."),
    rows.length > 0 && scrolling("audit-scroll", "Servers in pods", h("table", { class: "sockets" },
      h("thead", {}, h("tr", {}, COLUMNS.map(([name, style]) => h("th", { scope: "col", class: style }, name)))),
      h("tbody", {}, rows.map(row)))),
    audit.untold.length > 0 && h("details", {}, h("summary", {}, `${count(audit.untold.length, "pod", "pods")} of which not every server is told`),
      h("ul", {}, audit.untold.slice(0, MOST).map(({ pod, why }) => h("li", {}, [pod.namespace, pod.name].filter(Boolean).join("/") + ": " + why)))),
  ];
}

function row(one) {
  const { pod, options, restart, holder } = one;
  return h("tr", {},
    h("td", { class: "n" }, one.port),
    h("td", { class: "wraps" }, `${pod.namespace}/${pod.name}` + (pod.container ? ` (${pod.container})` : "")),
    h("td", { class: "wraps" }, inReadersZone(restart.text, instant(one.at))),
    h("td", { class: "mono" }, one.address),
    h("td", {}, options ? (options.reuse_address ? "on" : "off") : "?"),
    h("td", {}, holder.processes ? holder.processes.map((process) => process.name ?? "a process").join(", ") : "?"),
    h("td", { class: "n" }, one.backlog === null ? one.queue : `${one.queue} of ${one.backlog}`));
}
