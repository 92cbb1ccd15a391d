// The panel around the drawing of the port: which port, which stretch of time, and in a sentence what stands on the port now.
import { byId, h, keepTall, setText } from "./dom.js";
import { clock, count, countdown, counts, instant } from "./format.js";
import { isOver } from "./experiments.js";
import { MOST_WITH_STATES, portDrawing } from "./port-drawing.js";

const NEWEST = "newest";

export class PortPanel {
  /**
   * @param now the server's clock
   * @param saw called with whether nobody listens on the port, and something is left on it
   */
  constructor(now, saw) {
    this.now = now;
    this.saw = saw;
    this.model = null;
    this.place = byId("port-drawing");
    this.select = byId("port-select");
    this.spans = [...document.querySelectorAll("[data-span]")];
    this.select.addEventListener("input", () => {
      this.chosen = this.select.value;
      this.following = true;
      this.draw();
    });
    for (const button of this.spans) {
      button.addEventListener("click", () => {
        this.span = Number(button.dataset.span);
        if (this.span === 0) this.following = true;
        this.draw();
      });
    }
    byId("earlier").addEventListener("click", () => this.move(-0.5));
    byId("later").addEventListener("click", () => this.move(0.5));
    byId("follow").addEventListener("click", () => {
      this.following = !this.following;
      this.draw();
    });
    this.place.addEventListener("keydown", (event) => this.key(event));
    let width = 0;
    new ResizeObserver(() => {
      if (this.place.clientWidth === width) return;
      width = this.place.clientWidth;
      this.draw();
    }).observe(this.place);
  }

  /** @param model another experiment */
  show(model) {
    this.model = model;
    this.chosen = NEWEST;
    this.span = 90_000;
    this.following = true;
    this.listed = null;
    this.draw();
  }

  changed() {
    this.draw();
  }

  /** Time has passed; what does not move is not drawn again. */
  tick() {
    if (!this.model) return;
    this.sentence();
    if (this.following && !this.over()) this.draw();
  }

  over() {
    return this.model.experiment !== null && isOver(this.model.experiment);
  }

  key(event) {
    const steps = { ArrowLeft: -0.25, ArrowRight: 0.25 };
    if (event.key in steps) this.move(steps[event.key]);
    else if (event.key === "+" || event.key === "=") this.zoom(0.5);
    else if (event.key === "-") this.zoom(2);
    else if (event.key === "End") {
      this.following = true;
      this.draw();
    } else return;
    event.preventDefault();
  }

  move(share) {
    const { from, to } = this.domain();
    this.following = false;
    this.from = from + share * (to - from);
    this.to = to + share * (to - from);
    this.draw();
  }

  zoom(factor) {
    const { from, to } = this.domain();
    this.span = Math.min(7 * 86_400_000, Math.max(200, (to - from) * factor));
    if (!this.following) {
      const middle = (from + to) / 2;
      this.from = middle - this.span / 2;
      this.to = middle + this.span / 2;
    }
    this.draw();
  }

  /** The port that is drawn: one of its own, or the one that was last restarted. */
  port() {
    if (this.chosen !== NEWEST) return Number(this.chosen);
    const looked = this.over() ? undefined : this.model.sockets?.port;
    // A port on which nothing has been yet has nothing to draw: the one before stays until then.
    const seen = (one) => one.port === looked && Object.keys(one.states).length > 0;
    if (looked !== undefined && (this.model.tracks.has(looked) || this.model.samples.some(seen))) return looked;
    return this.model.records.findLast((record) => this.model.tracks.has(record.port))?.port ?? null;
  }

  tracks() {
    return this.model.tracks.get(this.port()) ?? [];
  }

  /** What was seen between the records, and since the last one. Of the time before the first look after a record nothing is known. */
  samples() {
    const port = this.port();
    const tracks = this.tracks();
    const those = this.model.samples.filter((sample) => sample.port === port);
    if (those.length === 0) return [];
    const looksOn = !this.over() && this.model.sockets?.port === port;
    const until = looksOn ? this.now() : this.model.looked.get(port);
    const gaps = [];
    let at = 0;
    for (let i = 0; i <= tracks.length; i++) {
      const from = i === 0 ? those[0].at : tracks[i - 1].seen;
      const to = i === tracks.length ? until : tracks[i].from;
      while (i > 0 && at < those.length && those[at].at <= from) at++;
      const samples = [];
      while (at < those.length && those[at].at < to) samples.push(those[at++]);
      if (samples.length > 0) gaps.push({ from, to, samples });
    }
    return gaps;
  }

  /** The release of what is left now, as instants; null where nothing is left, or somebody listens. Of several pods, the one that waits longest. */
  expected() {
    const { sockets } = this.model;
    if (!sockets || this.over() || sockets.port !== this.port()) return null;
    const all = podPorts(sockets).map((one) => expectedOf(one, sockets)).filter((one) => one !== null);
    return all.reduce((last, one) => (last === null || one.latest > last.latest ? one : last), null);
  }

  domain() {
    const now = this.over() ? null : this.now();
    const tracks = this.tracks();
    const samples = this.samples();
    const expected = this.expected();
    const first = Math.min(tracks[0]?.from ?? Infinity, samples[0]?.from ?? Infinity, now ?? Infinity);
    const last = Math.max(tracks.at(-1)?.to ?? -Infinity, now ?? -Infinity, expected?.latest ?? -Infinity);
    if (!Number.isFinite(last)) return { from: Date.now() - 1000, to: Date.now(), now };
    if (!this.following && this.from !== undefined) return { from: this.from, to: this.to, now };
    if (this.over()) {
      // Nothing is to come any more: what happened reaches from one end to the other.
      const all = Math.max(last - first, 100);
      return { from: last - (this.span === 0 ? all : Math.min(this.span, all)), to: last, now };
    }
    // Room for what is still to come, and a little behind it.
    const end = last + Math.max(200, Math.min((last - first || 1000), this.span || Infinity) * 0.04);
    const all = Math.max(end - first, 1000) * 1.02;
    const span = this.span === 0 ? all : Math.min(this.span, Math.max(all, 20_000));
    return { from: end - span, to: end, now };
  }

  draw() {
    if (!this.model || this.place.clientWidth === 0) return;
    this.ports();
    const { from, to, now } = this.domain();
    const tracks = this.tracks();
    for (const button of this.spans) button.setAttribute("aria-pressed", String(Number(button.dataset.span) === this.span));
    byId("follow").setAttribute("aria-pressed", String(this.following));
    byId("follow").hidden = this.over();
    this.sentence();
    const samples = this.samples();
    if (tracks.length === 0 && samples.length === 0) {
      this.place.replaceChildren(h("p", { class: "empty" }, "Nothing to draw yet: the drawing begins with the first look at the port."));
      return;
    }
    const width = Math.max(280, this.place.clientWidth);
    const { svg, visible, states } = portDrawing({ from, to, now, width, expected: this.expected() }, tracks, samples, this.model.whole);
    this.place.replaceChildren(svg);
    // States come and go as the server is restarted; after that nothing moves any more.
    if (this.over()) this.place.style.minHeight = "";
    else keepTall(this.place);
    setText(byId("port-hint"), states || visible === 0 ? "" : `${count(visible, "restart", "restarts")} are in view: up to ${MOST_WITH_STATES} are drawn with the states of their sockets. Zoom in with + or the buttons.`);
    if (states) {
      const wanted = tracks.filter((track) => track.from <= to && track.to >= from).map((track) => track.number);
      this.model.want(wanted);
    }
  }

  ports() {
    const ports = [...this.model.tracks.keys()].slice(-200).reverse();
    const said = ports.map((port) => port + "/" + this.model.tracks.get(port).length).join();
    if (said === this.listed) return;
    this.listed = said;
    const newest = h("option", { value: NEWEST }, "the newest");
    this.select.replaceChildren(newest, ...ports.map((port) => h("option", { value: String(port) }, portText(port, this.model.tracks.get(port)))));
    this.select.value = ports.map(String).includes(this.chosen) ? this.chosen : NEWEST;
    this.select.parentElement.hidden = ports.length < 2;
  }

  /** What stands on the port now. */
  sentence() {
    const place = byId("port-now");
    this.say(place);
    if (!this.over()) keepTall(place);
    this.saw(!place.hidden && place.classList.contains("left"));
  }

  say(place) {
    const { sockets } = this.model;
    place.hidden = this.over();
    if (!sockets) {
      setText(place, this.model.experiment?.phase === "Pending" ? "It has not begun." : "No port is looked at now.");
      place.className = "port-now";
      return;
    }
    const ports = podPorts(sockets);
    const said = ports.map((one) => this.saidOf(one, sockets));
    const intro = `Port ${sockets.port}${ports.length > 1 ? ` of ${ports.length} pods` : ""}: `;
    setText(place, intro + (ports.length > 1 ? said.map((one, i) => `${ports[i].pod}: ${one.text}`).join(" ") : said[0].text));
    const classes = said.map((one) => one.className);
    place.className = ["left", "listens"].filter((one) => classes.includes(one)).slice(0, 1).reduce((all, one) => all + " " + one, "port-now");
  }

  /** What stands on the port of one pod, or of the machine, in a sentence without its subject. */
  saidOf(one, sockets) {
    if (one.unreadable) return { text: `it could not be read: ${one.unreadable}.`, className: "" };
    const { server } = one;
    const listener = server.find((socket) => socket.state === "LISTEN");
    const left = {};
    for (const socket of server) if (socket.state !== "LISTEN") left[socket.state] = (left[socket.state] ?? 0) + 1;
    const those = counts(left);
    if (listener) {
      const who = listener.process ? listener.process + (listener.pid ? " (pid " + listener.pid + ")" : "") : "a server";
      return { text: `${who} listens` + (those ? `; ${those}.` : "; no connection."), className: "listens" };
    }
    if (!those) return { text: "nobody listens, and nothing is left on it.", className: "" };
    const expected = this.over() || sockets.port !== this.port() ? null : expectedOf(one, sockets);
    const rest = expected && (expected.predicted ?? expected.latest) - this.now();
    return {
      text: `nobody listens. Left on it: ${those}.`
        + (expected ? (rest > 0 ? ` The last one is gone in ${expected.predicted === null ? "at most " : ""}${countdown(rest)}, at ${clock(expected.predicted ?? expected.latest)}.` : " The last one is about to go.")
          : one.leftoversGone?.why ? ` Nobody can tell until when: ${one.leftoversGone.why}.` : ""),
      className: "left",
    };
  }
}

/** 8080: cycles 1 to 30, 3 failed binds. */
function portText(port, tracks) {
  const failed = tracks.filter((track) => track.failed !== null).length;
  const [first, last] = [tracks[0].number, tracks.at(-1).number];
  return `${port}: ` + (first === last ? `cycle ${first}` : `cycles ${first} to ${last}`) + (failed > 0 ? ", " + count(failed, "failed bind", "failed binds") : "");
}

/** The port of each pod that was looked at, with the sockets on it; on one machine there is one, without a name. */
function podPorts(sockets) {
  const server = sockets.sockets.filter((socket) => socket.side === "server");
  if (!sockets.pods) return [{ server, leftoversGone: sockets.leftoversGone }];
  return sockets.pods.map((pod) => ({ ...pod, server: server.filter((socket) => socket.pod === pod.pod) }));
}

function expectedOf({ server, leftoversGone: gone }, sockets) {
  if (gone?.kind !== "window" || server.some((socket) => socket.state === "LISTEN")) return null;
  const at = instant(sockets.takenAt);
  return { earliest: at + gone.earliestMs, latest: at + gone.latestMs, predicted: gone.predictedMs === undefined ? null : at + gone.predictedMs };
}
