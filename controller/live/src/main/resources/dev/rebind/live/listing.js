// The sockets of the port as netstat lists them, with timers that count down between two readings.
import { h, scrolling, setText, stateClass } from "./dom.js";
import { clock, count, countdown, instant } from "./format.js";

/** What decides whether the port can be bound comes first, so that a phone shows it. */
const COLUMNS = [["State"], ["Free in", "n"], ["Local Address"], ["Foreign Address"], ["Timer"], ["PID/Program name"], ["Recv-Q", "n"], ["Send-Q", "n"], ["Proto"]];
/** A further column where several pods are restarted. */
const POD = ["Pod"];
/** More rows than anyone reads, and few enough to draw each second. */
const MOST = 200;

const freeIn = ({ release }, gone) => {
  if (release.kind === "held") return "held";
  // The kernel gives the socket up then, if the other end goes on saying nothing.
  if (release.kind === "givesUp") return "~" + countdown(release.predictedMs - gone);
  if (release.kind !== "window") return "unknown";
  if (release.predictedMs !== undefined) return countdown(release.predictedMs - gone);
  return countdown(release.earliestMs - gone) + " to " + countdown(release.latestMs - gone);
};

const timer = (socket, gone) => (socket.timer ? socket.timer.kind.toLowerCase() + " " + countdown(socket.timer.remainingMs - gone) : "-");

const ORDER = ["LISTEN", "ESTABLISHED"];
const rank = (socket) => (ORDER.includes(socket.state) ? ORDER.indexOf(socket.state) : 2) + (socket.side === "server" ? 0 : 10);

/** The rows of a listing; tick() counts their timers down without drawing them anew. */
export class Listing {
  constructor(parent) {
    this.parent = parent;
    this.rows = [];
    this.readAt = 0;
  }

  /**
   * @param reading as /sockets gives it; null where there is none yet
   * @param now by the server's clock
   */
  show(reading, now) {
    if (!reading) {
      this.say("No port yet: the listing begins with the first look at one.");
      return;
    }
    this.readAt = instant(reading.takenAt);
    const pods = reading.pods?.length ?? 0;
    const columns = pods > 1 ? [...COLUMNS, POD] : COLUMNS;
    const unseen = (reading.pods ?? []).filter((pod) => pod.unreadable).map((pod) => `; pod ${pod.pod}: ${pod.unreadable}`).join("");
    const port = `port ${reading.port}${pods > 1 ? ` of ${pods} pods` : ""}`;
    const sorted = [...reading.sockets].sort((a, b) => (a.pod ?? "").localeCompare(b.pod ?? "") || rank(a) - rank(b) || a.local.localeCompare(b.local) || a.remote.localeCompare(b.remote));
    const shown = sorted.slice(0, MOST);
    if (shown.length === 0) {
      this.say(`No socket on ${port} at ${clock(this.readAt)}${unseen || ": nothing stands in the way of a bind"}.`);
      return;
    }
    if (!this.body || this.columns !== columns.length) {
      this.rows = [];
      this.columns = columns.length;
      this.body = h("tbody");
      this.caption = h("p", { class: "soft" });
      this.parent.replaceChildren(this.caption, scrolling("netstat-scroll", "Sockets on the port",
        h("table", { class: "netstat mono" },
          h("thead", {}, h("tr", {}, columns.map(([name, style]) => h("th", { scope: "col", class: style }, name)))), this.body)));
    }
    setText(this.caption, count(sorted.length, "socket", "sockets") + ` on ${port}, `
      + (reading.clientsUnreadable ? "the server's end only: " + reading.clientsUnreadable : "both ends") + `, read at ${clock(this.readAt)} by ${reading.source}`
      + (sorted.length > shown.length ? `; the first ${shown.length} are shown` : "") + unseen);
    while (this.rows.length > shown.length) this.rows.pop().row.remove();
    while (this.rows.length < shown.length) {
      const cells = columns.map(([, style]) => h("td", { class: style }));
      const row = h("tr", {}, cells);
      this.body.append(row);
      this.rows.push({ row, cells, socket: null });
    }
    shown.forEach((socket, i) => {
      const { cells } = this.rows[i];
      this.rows[i].socket = socket;
      const holder = socket.pid === undefined ? (socket.owned ? "a process" : "-") : socket.pid + "/" + (socket.process ?? "?");
      const texts = [socket.state, null, socket.local, socket.state === "LISTEN" ? "*" : socket.remote, null, holder, socket.recvQ, socket.sendQ,
        socket.family === "IPV4" ? "tcp" : "tcp6"];
      texts.forEach((text, column) => text !== null && setText(cells[column], String(text)));
      cells[0].className = "st " + stateClass(socket.state);
      if (cells.length > COLUMNS.length) setText(cells[COLUMNS.length], socket.pod);
      this.rows[i].row.classList.toggle("other-end", socket.side === "client");
    });
    this.tick(now);
  }

  tick(now) {
    if (!this.body) return;
    const gone = Math.max(0, now - this.readAt);
    for (const { cells, socket } of this.rows) {
      setText(cells[1], freeIn(socket, gone));
      setText(cells[4], timer(socket, gone));
    }
  }

  say(text) {
    this.body = null;
    this.rows = [];
    this.parent.replaceChildren(h("p", { class: "empty" }, text));
  }
}
