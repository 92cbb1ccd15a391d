// The port over time: servers as bars, failed binds as crosses, sockets by state beneath, the release predicted and seen, and now.
// Instants are milliseconds since 1970 by the server's clock. Only what is visible is drawn, and what would overlap is drawn as one.
import { cross, label, line, rect, s, stateClass } from "./dom.js";
import { clock, count, duration, instant, precise } from "./format.js";
import { lanesOf, releasedOf } from "./cycle-drawings.js";
import { portScale } from "./port-scale.js";

const LANE = 26;
const TOP = 48;
/** Cycles that are told apart; more than these are drawn as one bar. */
const MOST_APART = 120;
/** Cycles whose states are drawn. */
export const MOST_WITH_STATES = 40;
const ORDER = ["LISTEN", "ESTABLISHED", "TIME_WAIT", "FIN_WAIT_2", "FIN_WAIT_1", "CLOSE_WAIT", "LAST_ACK", "CLOSING"];
const STEPS = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 15000, 30000, 60000, 120000, 300000, 600000, 1800000, 3600000, 7200000, 21600000, 86400000];

/** A cycle in instants; null for one that never got as far as its stop. */
export function trackOf(cycle) {
  const stopped = instant(cycle.stoppedAt);
  if (stopped === null) return null;
  const failed = instant(cycle.failedAt);
  const release = (ms) => (ms === undefined || ms === null || failed === null ? null : failed + ms);
  const bound = instant(cycle.boundAt);
  const track = {
    number: cycle.cycle, port: cycle.port, old: cycle.generations?.old, fresh: cycle.generations?.new, stopped, failed, bound,
    failures: cycle.bindFailures ?? (failed === null ? 0 : 1), earliest: release(cycle.release?.earliestMs),
    latest: release(cycle.release?.latestMs), predicted: release(cycle.release?.predictedMs), actual: release(cycle.release?.actualMs),
  };
  const samples = cycle.timeline ?? [];
  track.from = stopped + Math.min(0, ...samples.map((sample) => sample.atMs));
  track.seen = Math.max(stopped, failed ?? 0, bound ?? 0, stopped + Math.max(0, ...samples.map((sample) => sample.atMs)));
  // What is only expected counts where nothing was seen yet.
  track.to = Math.max(track.seen, track.actual ?? track.latest ?? 0);
  return track;
}

/**
 * @param view {from, to, now, width, expected}; now: null where nothing runs; expected: the release of what is left now
 * @param tracks of one port, in the order of their stops
 * @param samples [{from, to, samples: [{at, side, states}]}]: what was seen where no record tells it, in order; the last one is since the last record
 * @param records {get(number)}: whole records of cycles, with their timelines, as far as they are here
 */
export function portDrawing(view, tracks, samples, records) {
  const narrow = view.width < 560;
  const left = narrow ? 8 : 150;
  const right = view.width - 14;
  const visible = tracks.filter((track, i) => track.from <= view.to && endOf(tracks, i, view.now) >= view.from);
  const lanes = lanesOfAll(visible, samples, records, view);
  const scale = portScale(view, visible.flatMap(momentsOf).concat(lanes.flatMap((lane) => lane.bars.flatMap((b) => [b.from, b.to]))), left, right);
  const { x } = scale;
  const height = LANE + (narrow ? 14 : 0);
  const bottom = TOP + (1 + lanes.length) * height + 6;
  const svg = s("svg", {
    class: "port", width: view.width, height: bottom + 40, viewBox: `0 0 ${view.width} ${bottom + 40}`, role: "img",
    "aria-label": told(tracks, visible, lanes, view),
  });
  axis(svg, view, scale, bottom, left, right);
  for (const track of visible) releaseWindow(svg, track, x, bottom, view);
  const y = TOP + (narrow ? 14 : 0);
  const served = listening(tracks.at(-1)?.seen ?? -Infinity, samples.at(-1)?.samples ?? [], view.now);
  servers(svg, tracks, visible, { ...view, stopped: served.stopped, samples }, x, y);
  underWay(svg, served, tracks, view, x, y);
  failures(svg, visible, x, y);
  lanes.forEach((lane, i) => {
    const top = TOP + (i + 1) * height;
    drawLane(svg, lane, view, x, top + (narrow ? 14 : 0));
  });
  releases(svg, visible, view, x, bottom);
  if (view.expected) expectation(svg, view, x, bottom, right);
  // Last, so that on a narrow screen no line goes through them.
  ["servers", ...lanes.map((lane) => lane.side + " " + lane.state)].forEach((name, i) => {
    svg.append(label("on-drawing t-soft", narrow ? left : 0, TOP + i * height + (narrow ? 10 : 17), "start", name));
  });
  if (view.now !== null && view.now >= view.from && view.now <= view.to) {
    const at = x(view.now);
    svg.append(line("now-line", at, TOP - 8, at, bottom));
    svg.append(s("path", { class: "now-tip", d: `M${at.toFixed(1)} ${TOP - 6}l-5 -8h10z` }));
    svg.append(label("now-text", at, TOP - 18, at > right - 30 ? "end" : "middle", "now"));
  }
  return { svg, visible: visible.length, states: visible.length <= MOST_WITH_STATES };
}

const momentsOf = (track) => [track.from, track.stopped, track.failed, track.bound, track.actual, track.seen].filter((at) => at !== null);

/** The new server lives until the next one's stop. */
function endOf(tracks, i, now) {
  const next = tracks[i + 1];
  if (next && next.port === tracks[i].port) return Math.max(next.stopped, tracks[i].to);
  return Math.max(now ?? tracks[i].to, tracks[i].to);
}

function axis(svg, view, { x, pieces, shown }, bottom, left, right) {
  const about = shown / Math.max(2, (right - left) / 110);
  const step = STEPS.find((one) => one >= about) ?? 86400000;
  const zone = new Date(view.from).getTimezoneOffset() * 60000;
  let free = left;
  for (const piece of pieces) {
    if (piece.cut) {
      cutMark(svg, piece, bottom);
      free = Math.max(free, piece.right);
      continue;
    }
    for (let tick = Math.ceil((piece.from - zone) / step) * step + zone; tick <= piece.to; tick += step) {
      svg.append(line("axis", x(tick), TOP - 6, x(tick), bottom));
      const text = step < 1000 ? precise(tick).slice(0, -1) : clock(tick);
      const half = 4 * text.length;
      if (x(tick) - half < free || x(tick) + half > Math.min(right, piece === pieces.at(-1) ? right : piece.right)) continue;
      svg.append(label("t-soft", x(tick), bottom + 16, "middle", text));
      free = x(tick) + half;
    }
  }
  const cuts = pieces.filter((piece) => piece.cut).length;
  svg.append(label("t-soft", right, bottom + 34, "end", (left < 100 ? "" : "your time, ") + duration(view.to - view.from) + " shown"
    + (cuts > 0 ? ", shortened where nothing happened" : "")));
}

/** The break of the axis, with how long nothing happened. */
function cutMark(svg, { from, to, left, right }, bottom) {
  const middle = (left + right) / 2;
  const said = `nothing happened for ${duration(to - from)}, from ${clock(from)} to ${clock(to)}`;
  svg.append(rect("cut", left, TOP - 6, right - left, bottom - TOP + 6, said));
  svg.append(line("cut-line", middle - 5, bottom + 6, middle - 1, bottom - 4), line("cut-line", middle + 1, bottom + 6, middle + 5, bottom - 4));
  svg.append(label("t-soft", middle, bottom + 20, "middle", duration(to - from)));
}

function releaseWindow(svg, track, x, bottom, view) {
  if (track.earliest === null || track.latest === null || track.latest < view.from || track.earliest > view.to) return;
  const from = x(track.earliest);
  svg.append(rect("window", from, TOP - 6, Math.max(2, x(track.latest) - from), bottom - TOP + 6,
    `by the kernel's timer the port is free between ${precise(track.earliest)} and ${precise(track.latest)}`));
}

/** What is left now goes away by itself: the line that the record's will meet. */
function expectation(svg, view, x, bottom, right) {
  const { earliest, latest, predicted } = view.expected;
  const from = x(earliest);
  svg.append(rect("window", from, TOP - 6, Math.max(2, x(latest) - from), bottom - TOP + 6,
    `by the kernel's timers the last leftover is gone between ${precise(earliest)} and ${precise(latest)}`));
  const at = x(predicted ?? latest);
  if (predicted !== null) svg.append(line("predicted", at, 16, at, bottom));
  const text = (predicted === null ? "free by " : "free at ") + clock(predicted ?? latest) + (predicted === null ? " at the latest" : " (predicted)");
  svg.append(label("expected-text", Math.min(right, Math.max(at + 4, 230)), 12, "end", text));
}

function bar(style, y, from, to, height, text, title) {
  const group = s("g", {}, rect(style, from, y, Math.max(2, to - from), height, title));
  if (to - from > 8 + 7 * text.length) group.append(label("t-on", from + 5, y + height / 2 + 4, "start", text));
  return group;
}

function servers(svg, tracks, visible, view, x, y) {
  if (visible.length > MOST_APART) {
    const first = visible[0];
    const last = visible.at(-1);
    svg.append(bar("g-new", y + 3, x(first.from), x(last.to), LANE - 8, "", `servers of cycles ${first.number} to ${last.number}`));
    return;
  }
  for (const track of visible) {
    const i = tracks.indexOf(track);
    const before = tracks[i - 1];
    // Its bar was already drawn as the new one of the cycle before, where it is the same generation on the same port.
    if (!before || before.port !== track.port || before.fresh !== track.old || before.bound === null) {
      svg.append(bar("g-old", y + 3, x(track.from), x(track.stopped), LANE - 8, "old", `old server of cycle ${track.number}, stopped at ${precise(track.stopped)}`));
    }
    if (track.bound !== null) {
      const end = Math.max(Math.min(endOfLife(tracks, i, view), view.to), track.bound);
      const unseen = unseenOf(tracks, i, view, end);
      const name = `new server of cycle ${track.number}, bound at ${precise(track.bound)}, ${duration(track.bound - track.stopped)} after the stop`;
      svg.append(bar("g-new", y + 3, x(track.bound), x(unseen.from), LANE - 8, "cycle " + track.number, name));
      if (x(unseen.to) - x(unseen.from) > 3) {
        svg.append(rect("unseen", x(unseen.from), y + 3.5, x(unseen.to) - x(unseen.from), LANE - 9, name + "; nobody looked at this time"));
        if (end > unseen.to) svg.append(bar("g-new", y + 3, x(unseen.to), x(end), LANE - 8, "", name));
      } else if (end > unseen.from) svg.append(bar("g-new", y + 3, x(unseen.from), x(end), LANE - 8, "", name));
    }
    const free = track.bound ?? (track.failed === null ? null : (track.actual ?? track.latest ?? track.seen));
    if (track.failed !== null && free !== null) svg.append(line("blocked", x(track.failed), y + 12, x(free), y + 12));
  }
}

/** The stretch of a generation's life between the last look of its cycle and the next look at the port. */
function unseenOf(tracks, i, { samples }, end) {
  const from = Math.min(Math.max(tracks[i].seen, tracks[i].bound), end);
  const next = tracks[i + 1]?.from ?? Infinity;
  const looks = samples.filter((gap) => gap.from >= tracks[i].seen && gap.from < next).map((gap) => gap.samples[0].at);
  return { from, to: Math.max(from, Math.min(end, next, ...looks)) };
}

function endOfLife(tracks, i, { now, stopped }) {
  const next = tracks[i + 1];
  if (next && next.port === tracks[i].port && next.old === tracks[i].fresh) return next.stopped;
  return next || now === null ? tracks[i].seen : (stopped ?? now);
}

/**
 * What the looks since the last record tell of listeners.
 *
 * @returns {stopped: when nobody listened any more, or null; bars: [{from, to}] of who listened since}
 */
function listening(after, samples, now) {
  const those = samples.filter((sample) => sample.side === "server" && sample.at >= after);
  const gone = those.find((sample) => sample.at > after && !sample.states.LISTEN);
  const stopped = after === -Infinity ? null : (gone?.at ?? null);
  const bars = [];
  let from = null;
  for (const sample of those) {
    if (after !== -Infinity && (stopped === null || sample.at <= stopped)) continue;
    if (sample.states.LISTEN && from === null) from = sample.at;
    if (!sample.states.LISTEN && from !== null) {
      bars.push({ from, to: sample.at });
      from = null;
    }
  }
  if (from !== null) bars.push({ from, to: now ?? those.at(-1).at });
  return { stopped, bars };
}

/** Servers of the cycle under way, of which there is no record yet. */
function underWay(svg, { stopped, bars }, tracks, view, x, y) {
  const last = tracks.at(-1);
  bars.forEach((b, i) => {
    const style = last || i > 0 ? "g-new" : "g-old";
    svg.append(bar(style, y + 3, x(b.from), x(b.to), LANE - 8, "", `a server listens since ${precise(b.from)}`));
  });
  const off = bars.at(-1)?.to ?? stopped;
  if (off !== null && off !== undefined && view.now !== null && view.now - off > 300 && view.expected) svg.append(line("blocked", x(off), y + 12, x(view.now), y + 12));
}

/** Crosses that would overlap are one, with the number of binds where there is room for it. */
function failures(svg, visible, x, y) {
  const groups = [];
  for (const track of visible) {
    if (track.failed === null) continue;
    const last = groups.at(-1);
    if (last && x(track.failed) - last.at < 12) last.tracks.push(track);
    else groups.push({ at: x(track.failed), tracks: [track] });
  }
  groups.forEach(({ at, tracks }, i) => {
    const binds = tracks.reduce((sum, track) => sum + Math.max(1, track.failures), 0);
    const title = tracks.length === 1
      ? `cycle ${tracks[0].number}: ${count(binds, "failed bind", "failed binds")}, the first at ${precise(tracks[0].failed)}`
      : `cycles ${tracks[0].number} to ${tracks.at(-1).number}: ${count(binds, "failed bind", "failed binds")}`;
    svg.append(cross(at, y + 12, title));
    if (binds > 1 && (groups[i + 1]?.at ?? Infinity) - at > 48) svg.append(label("on-drawing", at + 9, y + 8, "start", "\u00D7" + binds));
  });
}

function lanesOfAll(visible, samples, records, view) {
  if (visible.length > MOST_WITH_STATES) return [];
  const all = new Map();
  const put = (lanes, offset) => {
    for (const lane of lanes) {
      const name = lane.side + " " + lane.state;
      if (!all.has(name)) all.set(name, { side: lane.side, state: lane.state, bars: [] });
      for (const b of lane.bars) all.get(name).bars.push({ from: b.from + offset, to: b.to + offset, sockets: b.sockets });
    }
  };
  for (const track of visible) {
    const record = records.get(track.number);
    if (record?.timeline) put(lanesOf(record.timeline, track.seen - track.stopped, releasedOf(record)), track.stopped);
  }
  for (const gap of samples) {
    put(lanesOf(gap.samples.map(({ at, side, states }) => ({ atMs: at - gap.from, side, states })), gap.to - gap.from), gap.from);
  }
  const rank = (lane) => (lane.side === "server" ? 0 : 100) + (ORDER.indexOf(lane.state) + 1 || 50);
  return [...all.values()].filter((lane) => lane.bars.some((b) => b.to >= view.from && b.from <= view.to)).sort((a, b) => rank(a) - rank(b));
}

function drawLane(svg, lane, view, x, y) {
  const most = Math.max(...lane.bars.map((b) => b.sockets));
  for (const b of lane.bars) {
    if (b.to < view.from || b.from > view.to) continue;
    const height = 7 + (11 * b.sockets) / most;
    const group = bar(stateClass(lane.state), y + 3 + 18 - height, x(b.from), x(b.to), height, height > 12 ? String(b.sockets) : "",
      `${b.sockets} in ${lane.state} (${lane.side}) from ${precise(b.from)} for ${duration(b.to - b.from)}`);
    svg.append(group);
  }
}

/** A predicted release is a dashed line; the actual one, when it comes, a solid one with a diamond on top. */
function releases(svg, visible, view, x, bottom) {
  let named = -Infinity;
  let last = -Infinity;
  for (const track of visible) {
    const end = track.actual ?? track.predicted;
    // Lines closer than this are one to the eye.
    if (end === null || x(end) - last < 3) continue;
    last = x(end);
    if (track.predicted !== null && track.predicted >= view.from && track.predicted <= view.to) {
      const at = x(track.predicted);
      svg.append(s("g", {}, s("title", {}, "predicted release at " + precise(track.predicted)), line("predicted", at, TOP - 6, at, bottom)));
      if (at - named > 130 && track.actual === null) {
        svg.append(label("on-drawing t-soft", at - 6, bottom - 4, "end", "predicted " + clock(track.predicted)));
        named = at;
      }
    }
    if (track.actual !== null && track.actual >= view.from && track.actual <= view.to) {
      const at = x(track.actual);
      const off = track.predicted === null ? "" : `, ${duration(track.actual - track.predicted)} from the prediction`;
      svg.append(s("g", {}, s("title", {}, `free at ${precise(track.actual)}${off}`), line("actual", at, TOP - 6, at, bottom),
        s("path", { class: "actual-tip", d: `M${at.toFixed(1)} ${TOP - 12}l5 6l-5 6l-5 -6z` })));
    }
  }
}

function told(tracks, visible, lanes, view) {
  const last = tracks.at(-1);
  if (!last) return "The port over time: nothing has been restarted yet";
  const parts = [`The port over time: ${count(visible.length, "restart", "restarts")} shown`];
  const failed = visible.filter((track) => track.failed !== null).length;
  parts.push(count(failed, "failed bind", "failed binds"));
  if (last.bound !== null) parts.push(`new server of cycle ${last.number} bound at ${clock(last.bound)}`);
  else if (last.predicted !== null && last.actual === null) parts.push(`release predicted at ${clock(last.predicted)}`);
  if (lanes.length > 0) parts.push("states: " + lanes.map((lane) => lane.side + " " + lane.state).join(", "));
  return parts.join("; ");
}
