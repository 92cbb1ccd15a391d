// Drawings of one cycle from its record: states over time, and the release close up. The same rules as the report's Timeline.
import { cross, label, line, rect, s, stateClass } from "./dom.js";
import { duration, instant } from "./format.js";

const WIDTH = 900;
const LEFT = 150;
const RIGHT = WIDTH - 20;
/** Above it are two rows of labels: of the window, and of the failed bind. */
const TOP = 40;
const LANE = 24;

/** Linear within two seconds; over more, linear around 0 and logarithmic further out: milliseconds and a minute stand side by side. */
class Scale {
  constructor(from, to) {
    this.from = from;
    this.to = to;
    this.logarithmic = to - from > 2000;
  }

  bent(ms) {
    return this.logarithmic ? Math.sign(ms) * Math.log1p(Math.abs(ms) / 5) : ms;
  }

  x(ms) {
    const share = (this.bent(ms) - this.bent(this.from)) / (this.bent(this.to) - this.bent(this.from));
    return LEFT + Math.min(1, Math.max(0, share)) * (RIGHT - LEFT);
  }

  ticks() {
    if (this.logarithmic) {
      return [-1000, -100, -10, 0, 10, 100, 1000, 10000, 60000, 600000, 3600000].filter((t) => t >= this.from && t <= this.to);
    }
    const about = (this.to - this.from) / 6;
    const power = 10 ** Math.floor(Math.log10(about));
    const step = power * ([1, 2, 5].find((factor) => about / power <= factor) ?? 10);
    const ticks = [];
    for (let n = Math.ceil(this.from / step); n * step <= this.to; n++) ticks.push(n * step);
    return ticks;
  }
}

const tickLabel = (ms) => (Math.abs(ms) >= 1000 && ms % 1000 === 0 ? ms / 1000 + " s" : Number.isInteger(ms) ? ms + " ms" : duration(ms));

/** Events of a cycle in milliseconds after the old server was told to stop; null where they are not known. */
export function eventsOf(cycle) {
  const stopped = instant(cycle.stoppedAt);
  const after = (text) => (stopped === null || instant(text) === null ? null : instant(text) - stopped);
  const failed = after(cycle.failedAt);
  const release = (ms) => (ms === undefined || ms === null || failed === null ? null : failed + ms);
  return {
    failed, bound: after(cycle.boundAt), earliest: release(cycle.release?.earliestMs), latest: release(cycle.release?.latestMs),
    predicted: release(cycle.release?.predictedMs), actual: release(cycle.release?.actualMs),
  };
}

/** A character is hardly ever wider, in the fonts of the page. */
const CHARACTER = 7.5;
const GAP = 8;

/**
 * Labels on one line. Each stands as near to its place as it can without lying on another one or leaving the drawing: the rule of the
 * report's LabelRow.
 *
 * @param labels [{style, text, x}]: x is where the middle is to be, not left of that of the label before
 */
export function labelRow(y, labels) {
  const widths = labels.map(({ text }) => CHARACTER * text.length);
  const starts = [];
  let free = 0;
  labels.forEach(({ x }, i) => {
    starts.push(Math.max(free, x - widths[i] / 2));
    free = starts[i] + widths[i] + GAP;
  });
  let end = WIDTH;
  for (let i = labels.length - 1; i >= 0; i--) {
    starts[i] = Math.min(starts[i], end - widths[i]);
    end = starts[i] - GAP;
  }
  return labels.map(({ style, text }, i) => label(style, starts[i] + widths[i] / 2, y, "middle", text));
}

/** What the new server has at once. */
const OF_THE_NEW = new Set(["LISTEN", "ESTABLISHED"]);

/** When what stood in the way was gone, in milliseconds after the stop, and how many sockets that were, by state; null where that was not seen. */
export function releasedOf(cycle) {
  const { actual } = eventsOf(cycle);
  const sockets = new Map();
  for (const { state } of cycle.blocking ?? []) if (!OF_THE_NEW.has(state)) sockets.set(state, (sockets.get(state) ?? 0) + 1);
  return actual === null ? null : { at: actual, sockets };
}

/**
 * Bars of sockets by side and state: [{side, state, bars: [{from, to, sockets}]}]; the server's side first.
 *
 * @param released as releasedOf has it: nothing that stood in the way is there then, though nobody looked again
 */
export function lanesOf(samples, seen, released = null) {
  const lanes = [];
  for (const side of ["server", "client"]) {
    const bySide = new Map();
    let current = {};
    const since = new Map();
    const change = (now, at) => {
      for (const state of Object.keys(current).sort()) {
        if (current[state] !== now[state]) {
          bySide.get(state).push({ from: since.get(state), to: at, sockets: current[state] });
        }
      }
      for (const state of Object.keys(now).sort()) {
        if (now[state] !== current[state]) {
          since.set(state, at);
          if (!bySide.has(state)) bySide.set(state, []);
        }
      }
      current = now;
    };
    for (const sample of samples) if (sample.side === side) change(sample.states, sample.atMs);
    change({}, seen);
    for (const [state, bars] of bySide) {
      const last = bars.at(-1);
      const over = side === "server" && last && released && last.sockets <= (released.sockets.get(state) ?? 0);
      if (over && last.from < released.at && released.at < last.to) last.to = released.at;
      lanes.push({ side, state, bars });
    }
  }
  return lanes;
}

/** Null where the record has no timeline. */
export function statesOverTime(cycle) {
  if (!cycle.timeline || !cycle.stoppedAt) return null;
  const events = eventsOf(cycle);
  const times = cycle.timeline.map((sample) => sample.atMs);
  const known = [events.failed, events.bound].filter((ms) => ms !== null);
  const from = Math.min(0, ...times);
  const seen = Math.max(0, ...times, ...known);
  const to = Math.max(1, seen, events.latest ?? 0);
  const scale = new Scale(from, to);
  const lanes = lanesOf(cycle.timeline, seen, releasedOf(cycle));
  const bottom = TOP + (1 + lanes.length) * LANE + 4;
  const svg = s("svg", { class: "wide", viewBox: `0 0 ${WIDTH} ${bottom + 40}`, role: "img", "aria-label": told(lanes, events) });
  let last = -Infinity;
  for (const tick of scale.ticks()) {
    const x = scale.x(tick);
    svg.append(line(tick === 0 ? "zero" : "axis", x, TOP - 4, x, bottom));
    if (x - last > 52) {
      svg.append(...labelRow(bottom + 16, [{ style: "t-soft", text: tick === 0 ? "stop" : tickLabel(tick), x }]));
      last = x;
    }
  }
  svg.append(label("t-soft", RIGHT, bottom + 33, "end", scale.logarithmic ? "time after the stop, logarithmic" : "time after the stop"));
  if (events.earliest !== null && events.latest !== null) {
    const x = scale.x(events.earliest);
    svg.append(rect("window", x, TOP - 4, Math.max(2, scale.x(events.latest) - x), bottom - TOP + 4));
    svg.append(label("t-soft", x - 4, TOP - 26, "end", "release window \u2192"));
  }
  svg.append(...servers(cycle, events, scale, from, seen, to));
  lanes.forEach((lane, i) => {
    const y = TOP + (i + 1) * LANE;
    svg.append(label("t-soft", 0, y + 15, "start", lane.side + " " + lane.state));
    for (const b of lane.bars) {
      svg.append(bar(stateClass(lane.state), scale, y, b.from, b.to, String(b.sockets),
        `${b.sockets} in ${lane.state} from ${duration(b.from)} to ${duration(b.to)}`));
    }
  });
  for (const [style, ms, what] of [["predicted", events.predicted, "predicted"], ["actual", events.actual, "seen free"]]) {
    if (ms === null) continue;
    svg.append(s("g", {}, s("title", {}, `${what} after ${duration(ms)}`), line(style, scale.x(ms), TOP - 4, scale.x(ms), bottom)));
  }
  return svg;
}

function told(lanes, events) {
  const parts = lanes.map((lane) => `${lane.side} ${lane.state} ${lane.bars.map((b) => `${b.sockets} for ${duration(b.to - b.from)}`).join(", then ")}`);
  if (events.failed !== null) parts.push(`bind failed after ${duration(events.failed)}`);
  if (events.bound !== null) parts.push(`bound after ${duration(events.bound)}`);
  return "States of the sockets over time: " + parts.join("; ");
}

function bar(style, scale, y, from, to, text, title) {
  const x = scale.x(from);
  const width = Math.max(2, scale.x(to) - x);
  const group = s("g", {}, s("title", {}, title), rect(style, x, y + 2, width, LANE - 6));
  if (width > 8 + 7 * text.length) group.append(label("t-on", x + 5, y + 15, "start", text));
  return group;
}

function servers(cycle, events, scale, from, seen, to) {
  const drawn = [label("t-soft", 0, TOP + 15, "start", "servers"), bar("g-old", scale, TOP, from, 0, "old", "old server")];
  if (events.bound !== null) {
    const name = `new server, bound after ${duration(events.bound)}`;
    drawn.push(bar("g-new", scale, TOP, events.bound, seen, "new", name));
    const [x, end] = [scale.x(seen), scale.x(to)];
    if (end - x > 3) drawn.push(rect("unseen", x, TOP + 2.5, end - x, LANE - 7, name + "; nobody looked at this time"));
  }
  if (events.failed !== null) {
    const x = scale.x(events.failed);
    const free = events.bound ?? events.latest;
    if (free !== null) drawn.push(line("blocked", x, TOP + 10, scale.x(free), TOP + 10));
    drawn.push(cross(x, TOP + 10, "first bind failed after " + duration(events.failed)));
    drawn.push(...labelRow(TOP - 10, [{ style: "", text: cycle.bindFailures > 1 ? cycle.bindFailures + " failed binds" : "bind failed", x }]));
  }
  return drawn;
}

const BAND = 26;
const BAND_TOP = 24;

/** The window of a release close up, with the moment that was predicted and the one that was seen; null where there is none of these. */
export function releaseDrawing(release) {
  if (!release || release.actualMs === undefined || release.earliestMs === undefined || release.latestMs === undefined) return null;
  const { earliestMs, latestMs, actualMs, predictedMs, lastFailedMs } = release;
  const span = Math.max(latestMs - earliestMs, 1);
  const from = Math.min(earliestMs, actualMs) - span / 20;
  const to = Math.max(latestMs, actualMs) + span / 20;
  const x = (ms) => 40 + ((ms - from) / (to - from)) * (WIDTH - 80);
  const seconds = (ms) => (ms / 1000).toFixed(3) + " s";
  const off = predictedMs === undefined ? null : actualMs - predictedMs;
  const text = "seen " + seconds(actualMs)
    + (off === null ? ", not predicted to a point" : `, ${off < 0 ? "" : "+"}${off.toFixed(1)} ms from the prediction`);
  const svg = s("svg", { class: "wide", viewBox: `0 0 ${WIDTH} ${BAND_TOP - 2 + BAND + 40}`, role: "img", "aria-label": "The release within its window: " + text });
  const left = x(earliestMs);
  const right = x(latestMs);
  svg.append(rect("window", left, BAND_TOP, Math.max(2, right - left), BAND));
  svg.append(...labelRow(BAND_TOP + BAND + 15, [{ style: "t-soft", text: seconds(earliestMs), x: left }, { style: "t-soft", text: seconds(latestMs), x: right }]));
  svg.append(...labelRow(BAND_TOP + BAND + 32, [{ style: "t-soft", text: "after the failed bind", x: (left + right) / 2 }]));
  if (predictedMs !== undefined) svg.append(line("predicted", x(predictedMs), BAND_TOP - 4, x(predictedMs), BAND_TOP + BAND + 4));
  if (lastFailedMs !== undefined) {
    // Between the two it was released; the later one is when that was seen.
    const still = Math.max(lastFailedMs, from);
    svg.append(rect("window", x(still), BAND_TOP + BAND / 3, Math.max(1, x(actualMs) - x(still)), BAND / 3));
  }
  const at = x(actualMs);
  svg.append(line("actual", at, BAND_TOP - 4, at, BAND_TOP + BAND + 4));
  svg.append(...labelRow(14, [{ style: "", text, x: at }]));
  return svg;
}
