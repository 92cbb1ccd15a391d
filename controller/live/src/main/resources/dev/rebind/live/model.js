// One experiment as it runs: its records, and what the views need of them, kept up to date record by record.
import { getJson, path, Stream } from "./connection.js";
import { instant } from "./format.js";
import { trackOf } from "./port-drawing.js";
import { addCell } from "./tables.js";

const MOST_SAMPLES = 2000;
/** Whole records, with their timelines, that are kept. */
const MOST_WHOLE = 200;

export class Followed {
  /**
   * @param experiment {namespace, name}
   * @param listener {changed(what), connection(state), clock(now)}; what: "experiment", "records", "steps", "gone"
   */
  constructor({ namespace, name }, listener) {
    this.namespace = namespace;
    this.name = name;
    this.listener = listener;
    this.experiment = null;
    this.detail = null;
    this.clear();
    this.stream = new Stream(() => path(namespace, name, `/events?view=brief&after=${this.position}`), {
      record: (record, id) => this.record(record, id),
      experiment: (experiment) => this.present(experiment),
      step: ({ steps }) => {
        this.steps = steps;
        listener.changed("steps");
      },
      reset: () => {
        this.clear();
        listener.changed("records");
      },
      gone: () => {
        this.deleted = true;
        this.stream.close();
        listener.changed("gone");
      },
      ready: ({ now }) => {
        this.ready = true;
        listener.clock(now);
        listener.changed("records");
      },
      beat: ({ now }) => listener.clock(now),
    }, (state) => listener.connection(state));
  }

  clear() {
    this.position = 0;
    this.uid = null;
    this.ready = false;
    this.byCycle = new Map();
    /** In the order of their cycle numbers, as far as that is known. */
    this.records = [];
    this.tracks = new Map();
    this.downtimes = [];
    this.remedies = new Map();
    this.networks = new Map();
    this.cells = new Map();
    this.whole = new Map();
    this.asked = new Set();
    this.wantAgain = 0;
    this.samples = [];
    /** When each port was last looked at. */
    this.looked = new Map();
    this.steps = [];
    this.sockets = null;
  }

  present(experiment) {
    if (this.uid !== null && experiment.uid !== this.uid) {
      // Another experiment of the same name, after a restart of the server: nothing that is here belongs to it.
      this.clear();
      this.detail = null;
      this.listener.changed("records");
      this.uid = experiment.uid;
      this.stream.open();
      return;
    }
    this.uid = experiment.uid;
    this.experiment = experiment;
    this.listener.changed("experiment");
    if (!this.detail && !this.fetching) this.fetchDetail();
  }

  async fetchDetail() {
    this.fetching = true;
    try {
      this.detail = await getJson(path(this.namespace, this.name));
      this.listener.changed("experiment");
    } catch {
      // The stream says whether the server is there; the next state of the experiment asks again.
    } finally {
      this.fetching = false;
    }
  }

  record(record, id) {
    const at = id.lastIndexOf(":");
    this.position = Math.max(this.position, Number(id.slice(at + 1)) || 0);
    this.uid ??= id.slice(0, at);
    if (this.byCycle.has(record.cycle)) return;
    this.byCycle.set(record.cycle, record);
    insert(this.records, record, (one) => one.cycle);
    const track = trackOf(record);
    if (track && record.restart !== "bare") {
      if (!this.tracks.has(record.port)) this.tracks.set(record.port, []);
      insert(this.tracks.get(record.port), track, (one) => one.stopped);
    }
    if (record.downtimeMs !== undefined) this.downtimes.push(record.downtimeMs);
    if (record.prevention) {
      const text = record.prevention;
      const remedy = this.remedies.get(text) ?? { text, count: 0, cycle: 0 };
      remedy.count++;
      remedy.cycle = Math.max(remedy.cycle, record.cycle);
      this.remedies.set(text, remedy);
    }
    if (record.cluster?.network && record.outcome) this.network(record);
    addCell(this.cells, record);
    this.listener.changed("records", record);
  }

  network(record) {
    const id = record.cluster.network + "/" + record.restart;
    const group = this.networks.get(id) ?? { network: record.cluster.network, restart: record.restart, bound: 0, failed: 0, causes: {} };
    group[record.outcome]++;
    if (record.cause) group.causes[record.cause] = (group.causes[record.cause] ?? 0) + 1;
    this.networks.set(id, group);
  }

  /** The whole record of a cycle: from the server the first time. */
  async wholeRecord(cycle) {
    const known = this.whole.get(cycle);
    if (known) return known;
    const record = await getJson(path(this.namespace, this.name, "/records/" + cycle));
    if (this.whole.size >= MOST_WHOLE) this.whole.delete(this.whole.keys().next().value);
    this.whole.set(cycle, record);
    // The timeline tells from when and until when it was looked at.
    const track = this.tracks.get(record.port)?.find((one) => one.number === cycle);
    if (track) Object.assign(track, trackOf(record));
    return record;
  }

  /** Fetches what a drawing lacks, one after the other, and says when something came. */
  async want(cycles) {
    if (performance.now() < this.wantAgain) return;
    const missing = cycles.filter((cycle) => !this.whole.has(cycle) && !this.asked.has(cycle));
    missing.forEach((cycle) => this.asked.add(cycle));
    let came = 0;
    for (const cycle of missing) {
      try {
        await this.wholeRecord(cycle);
        came++;
      } catch (e) {
        // What is not there is not asked for again; when nobody answers, all of it is, a little later.
        if (e.status === 404) continue;
        this.wantAgain = performance.now() + 3000;
        missing.forEach((one) => this.asked.delete(one));
        break;
      }
      this.asked.delete(cycle);
    }
    if (came > 0) this.listener.changed("whole");
  }

  /** A look at the sockets: kept for the listing, and as a sample where the counts have changed, or a record ended since the last one. */
  look(sockets) {
    this.sockets = sockets;
    const at = instant(sockets.takenAt);
    this.looked.set(sockets.port, at);
    const recorded = this.tracks.get(sockets.port)?.at(-1)?.seen ?? -Infinity;
    for (const side of ["server", "client"]) {
      const states = {};
      for (const socket of sockets.sockets) if (socket.side === side) states[socket.state] = (states[socket.state] ?? 0) + 1;
      const last = this.samples.findLast((sample) => sample.side === side && sample.port === sockets.port);
      if (!last || last.at <= recorded || !same(last.states, states)) this.samples.push({ at, side, port: sockets.port, states });
    }
    if (this.samples.length > MOST_SAMPLES) this.samples.splice(0, this.samples.length - MOST_SAMPLES);
  }

  /** Cycles with what did not bind, or did not pass, by the chosen filter; the newest first. */
  list(filter) {
    const all = filter === "failed" ? this.records.filter((record) => record.outcome === "failed")
      : filter === "not-passed" ? this.records.filter((record) => record.verdict !== "Pass")
        : [...this.records];
    return all.reverse();
  }

  close() {
    this.stream.close();
  }
}

const same = (a, b) => Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((key) => a[key] === b[key]);

/** Into a sorted array; records mostly come in order, so the place is looked for from the end. */
function insert(array, item, by) {
  let at = array.length;
  while (at > 0 && by(array[at - 1]) > by(item)) at--;
  array.splice(at, 0, item);
}
