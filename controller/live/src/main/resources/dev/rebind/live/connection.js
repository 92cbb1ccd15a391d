// What the server tells: server-sent events that come back by themselves, and plain requests. Paths are those of openapi.yaml.

/** Longer than two beats, which come every 10 s: then the connection is taken for lost, though nobody said so. */
const SILENCE_MS = 25_000;
const PAUSES_MS = [500, 1000, 2000, 4000, 8000];

export const path = (namespace, name, rest = "") => `v1/experiments/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}${rest}`;

/** An answer that is not 2xx: its text is a sentence for people. */
export class Refused extends Error {
  constructor(status, sentence) {
    super(sentence || "The server answered " + status + ".");
    this.status = status;
  }
}

export async function request(url, options = {}) {
  const response = await fetch(url, { cache: "no-store", ...options });
  if (!response.ok) throw new Refused(response.status, (await response.text()).trim());
  return response;
}

export const getJson = async (url) => (await request(url)).json();

/**
 * One stream of events. When it breaks it is opened again after a pause that grows, from the address that is right by then, so that the
 * server sends what was missed.
 */
export class Stream {
  /**
   * @param address called before each connection
   * @param events {name: (data, id) => …}
   * @param told called with {state: "connecting" | "open" | "lost" | "resting", retryAt?}
   */
  constructor(address, events, told) {
    this.address = address;
    this.events = events;
    this.told = told;
    this.failures = 0;
    this.onVisibility = () => this.visibility();
    document.addEventListener("visibilitychange", this.onVisibility);
  }

  /** The first time, and whenever it shall begin anew. */
  open() {
    clearTimeout(this.timer);
    clearTimeout(this.rest);
    this.source?.close();
    this.say({ state: this.failures === 0 ? "connecting" : "lost", retrying: true });
    const source = new EventSource(this.address());
    this.source = source;
    this.heard();
    source.onopen = () => this.heard();
    source.onerror = () => {
      if (this.source === source) this.lost();
    };
    for (const [name, listener] of Object.entries(this.events)) {
      source.addEventListener(name, (event) => {
        if (this.source !== source) return;
        this.heard();
        this.alive();
        listener(JSON.parse(event.data), event.lastEventId);
      });
    }
    if (!this.events.beat) {
      source.addEventListener("beat", () => {
        if (this.source === source) this.heard();
      });
    }
  }

  alive() {
    this.failures = 0;
    this.say({ state: "open" });
  }

  heard() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.lost(), SILENCE_MS);
  }

  lost() {
    this.source?.close();
    this.source = null;
    clearTimeout(this.silence);
    clearTimeout(this.timer);
    const pause = PAUSES_MS[Math.min(this.failures, PAUSES_MS.length - 1)] * (0.8 + 0.4 * Math.random());
    this.failures++;
    this.say({ state: "lost", retryAt: Date.now() + pause });
    this.timer = setTimeout(() => this.open(), pause);
  }

  /** A hidden page gives its connection back: a browser has few for one server, and each open tab would hold two. */
  visibility() {
    clearTimeout(this.rest);
    if (document.visibilityState === "hidden") {
      this.rest = setTimeout(() => this.pause(), 20_000);
    } else if (!this.source && !this.closed) {
      this.failures = 0;
      this.open();
    }
  }

  pause() {
    this.source?.close();
    this.source = null;
    clearTimeout(this.silence);
    clearTimeout(this.timer);
    this.say({ state: "resting" });
  }

  say(state) {
    if (this.closed || (state.state === "open" && this.state === "open")) return;
    this.state = state.state;
    this.told(state);
  }

  retryNow() {
    if (this.state === "lost") this.open();
  }

  close() {
    this.closed = true;
    this.pause();
    clearTimeout(this.rest);
    document.removeEventListener("visibilitychange", this.onVisibility);
  }
}
