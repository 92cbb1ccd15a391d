// The sockets of the port as netstat lists them, with timers that count down between two readings.
import { h, scrolling, setText, stateClass } from "./dom.js";
import { clock, count, countdown, instant } from "./format.js";

const COLUMNS = [["Proto"], ["Recv-Q", "n"], ["Send-Q", "n"], ["Local Address"], ["Foreign Address"], ["State"], ["Timer"], ["Free in", "n"], ["PID/Program name"]];
/** More rows than anyone reads, and few enough to draw each second. */
const MOST = 200;

const freeIn = ({ release }, gone) => {
  if (release.kind === "held") return "held";
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
    const sorted = [...reading.sockets].sort((a, b) => rank(a) - rank(b) || a.local.localeCompare(b.local) || a.remote.localeCompare(b.remote));
    const shown = sorted.slice(0, MOST);
    if (shown.length === 0) {
      this.say(`No socket on port ${reading.port} at ${clock(this.readAt)}: nothing stands in the way of a bind.`);
      return;
    }
    if (!this.body) {
      this.body = h("tbody");
      this.caption = h("p", { class: "soft" });
      this.parent.replaceChildren(this.caption, scrolling("netstat-scroll", "Sockets on the port",
        h("table", { class: "netstat mono" },
          h("thead", {}, h("tr", {}, COLUMNS.map(([name, style]) => h("th", { scope: "col", class: style }, name)))), this.body)));
    }
    setText(this.caption, count(sorted.length, "socket", "sockets") + ` on port ${reading.port}, `
      + (reading.clientsUnreadable ? "the server's end only: " + reading.clientsUnreadable : "both ends") + `, read at ${clock(this.readAt)} by ${reading.source}`
      + (sorted.length > shown.length ? `; the first ${shown.length} are shown` : ""));
    while (this.rows.length > shown.length) this.rows.pop().row.remove();
    while (this.rows.length < shown.length) {
      const cells = COLUMNS.map(([, style]) => h("td", { class: style }));
      const row = h("tr", {}, cells);
      this.body.append(row);
      this.rows.push({ row, cells, socket: null });
    }
    shown.forEach((socket, i) => {
      const { cells } = this.rows[i];
      this.rows[i].socket = socket;
      const texts = [socket.family === "IPV4" ? "tcp" : "tcp6", socket.recvQ, socket.sendQ, socket.local, socket.state === "LISTEN" ? "*" : socket.remote, socket.state];
      texts.forEach((text, column) => setText(cells[column], String(text)));
      cells[5].className = "st " + stateClass(socket.state);
      setText(cells[8], socket.pid === undefined ? (socket.owned ? "a process" : "-") : socket.pid + "/" + (socket.process ?? "?"));
      this.rows[i].row.classList.toggle("other-end", socket.side === "client");
    });
    this.tick(now);
  }

  tick(now) {
    if (!this.body) return;
    const gone = Math.max(0, now - this.readAt);
    for (const { cells, socket } of this.rows) {
      setText(cells[6], timer(socket, gone));
      setText(cells[7], freeIn(socket, gone));
    }
  }

  say(text) {
    this.body = null;
    this.rows = [];
    this.parent.replaceChildren(h("p", { class: "empty" }, text));
  }
}
