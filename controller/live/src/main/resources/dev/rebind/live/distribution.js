// How long clients were without service, as a histogram over a logarithmic scale; and all cycles of an experiment, in bins.
import { h, label, line, rect, s, scrolling } from "./dom.js";
import { count, duration, number, percentile } from "./format.js";

const WIDTH = 900;
const TICKS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 60000, 120000, 300000, 600000, 3600000];

/**
 * @param downtimes in milliseconds, of each cycle that has one
 * @param room that there is for it, in pixels: it is drawn as wide, so that no part of it is cut
 */
export function downtimeHistogram(downtimes, room) {
  const WIDTH = Math.max(260, Math.min(900, room));
  const sorted = Float64Array.from(downtimes).sort();
  const figures = [["median", 50], ["90 % within", 90], ["99 % within", 99], ["longest", 100]]
    .map(([name, percent]) => [name, percentile(sorted, percent)]);
  const least = TICKS.findLast((tick) => tick <= sorted[0]) ?? 0.1;
  const most = TICKS.find((tick) => tick > sorted.at(-1)) ?? sorted.at(-1) * 1.1;
  const LEFT = 44;
  const BOTTOM = 150;
  const x = (ms) => LEFT + (Math.log(Math.max(ms, least) / least) / Math.log(most / least)) * (WIDTH - LEFT - 16);
  const BINS = 48;
  const bins = new Array(BINS).fill(0);
  for (const ms of sorted) bins[Math.min(BINS - 1, Math.floor(((x(ms) - LEFT) / (WIDTH - LEFT - 16)) * BINS))]++;
  const highest = Math.max(...bins);
  const svg = s("svg", {
    width: WIDTH, height: BOTTOM + 40, viewBox: `0 0 ${WIDTH} ${BOTTOM + 40}`, role: "img",
    "aria-label": `Downtime of ${count(sorted.length, "restart", "restarts")}: ` + figures.map(([name, ms]) => name + " " + duration(ms)).join(", "),
  });
  let last = -Infinity;
  for (const tick of TICKS.filter((t) => t >= least && t <= most)) {
    svg.append(line("axis", x(tick), 24, x(tick), BOTTOM));
    if (x(tick) - last > 50) {
      svg.append(label("t-soft", x(tick), BOTTOM + 16, x(tick) > WIDTH - 30 ? "end" : "middle", tick >= 1000 ? tick / 1000 + " s" : tick + " ms"));
      last = x(tick);
    }
  }
  svg.append(label("t-soft", WIDTH - 16, BOTTOM + 34, "end", "time without service, logarithmic"));
  svg.append(label("t-soft", LEFT - 6, 32, "end", number(highest)), label("t-soft", LEFT - 6, BOTTOM, "end", "0"));
  const width = (WIDTH - LEFT - 16) / BINS;
  bins.forEach((n, i) => {
    if (n > 0) {
      const height = Math.max(2, (n / highest) * (BOTTOM - 28));
      svg.append(rect("o-bound", LEFT + i * width + 0.5, BOTTOM - height, width - 1, height, count(n, "restart", "restarts")));
    }
  });
  for (const [name, style] of [["median", "p-median"], ["99 % within", "p-99"]]) {
    const ms = figures.find(([of]) => of === name)[1];
    svg.append(line(style, x(ms), 16, x(ms), BOTTOM));
    if (name === "median") svg.append(label("", x(ms), 12, x(ms) > WIDTH / 2 ? "end" : "start", "median " + duration(ms)));
  }
  return [
    scrolling("downtime-scroll", "Downtime distribution", svg),
    h("dl", { class: "figures" }, figures.map(([name, ms]) => h("div", {}, h("dt", {}, name), h("dd", {}, duration(ms)))),
      h("div", {}, h("dt", {}, "measured"), h("dd", {}, number(sorted.length)))),
  ];
}

/** All cycles from left to right, in at most 200 bins: outcomes as stacked bars, what did not pass above them, downtimes below. */
export function historyDrawing(cycles) {
  const width = Math.max(1, Math.ceil(cycles.length / 200));
  const bins = [];
  for (let from = 0; from < cycles.length; from += width) bins.push(bin(cycles, from, Math.min(cycles.length, from + width)));
  const most = Math.max(...bins.map((b) => b.most).filter((ms) => ms !== null));
  const times = Number.isFinite(most);
  const LEFT = 70;
  const TOP = 26;
  const BARS = 60;
  const TIMES = 110;
  const height = times ? TIMES + 50 + 22 : TOP + BARS + 22;
  const step = (WIDTH - LEFT) / bins.length;
  const sum = (of) => bins.reduce((all, b) => all + b[of], 0);
  const svg = s("svg", {
    class: "wide", viewBox: `0 0 ${WIDTH} ${height}`, role: "img",
    "aria-label": `Outcomes of all cycles: ${number(sum("bound"))} bound, ${number(sum("failed"))} failed, ${number(sum("notPassed"))} did not pass`,
  });
  svg.append(s("defs", {}, s("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    s("line", { class: "hatch-line", x1: 1, y1: 0, x2: 1, y2: 6 }))));
  svg.append(label("t-soft", 0, TOP + BARS / 2, "start", "outcome"));
  bins.forEach((b, i) => {
    const x = LEFT + i * step;
    const w = Math.max(step - (step > 3 ? 1 : 0), 0.5);
    const bound = (BARS * b.bound) / b.cycles;
    const failed = (BARS * b.failed) / b.cycles;
    const group = s("g", {}, s("title", {},
      `cycles ${b.first + 1} to ${b.first + b.cycles}: ${b.bound} bound, ${b.failed} failed, ${b.notPassed} did not pass`));
    if (BARS - bound - failed > 0.01) group.append(rect("o-none", x, TOP, w, BARS - bound - failed));
    if (failed > 0) group.append(rect("o-failed", x, TOP + BARS - bound - failed, w, failed), hatched(x, TOP + BARS - bound - failed, w, failed));
    if (bound > 0) group.append(rect("o-bound", x, TOP + BARS - bound, w, bound));
    if (b.notPassed > 0) group.append(rect("o-bad", x, TOP - 14, Math.max(w, 3), 10));
    svg.append(group);
  });
  svg.append(label("t-soft", LEFT, height - 6, "start", "1"), label("t-soft", WIDTH, height - 6, "end", number(cycles.length)));
  if (times) {
    svg.append(label("t-soft", 0, TIMES + 25, "start", "downtime"), label("t-soft", LEFT, TIMES - 4, "start", duration(most)));
    const scale = 50 / Math.max(most, 1e-3);
    let path = "";
    let gap = true;
    bins.forEach((b, i) => {
      if (b.median === null) {
        gap = true;
        return;
      }
      svg.append(rect("range", LEFT + i * step, TIMES + 50 - b.most * scale, step, Math.max(1, (b.most - b.least) * scale)));
      path += `${gap ? "M" : "L"}${(LEFT + (i + 0.5) * step).toFixed(2)} ${(TIMES + 50 - b.median * scale).toFixed(2)}`;
      gap = false;
    });
    svg.append(s("path", { class: "median", d: path }));
  }
  return [
    h("ul", { class: "legend" }, h("li", {}, "blue: bound"), h("li", {}, "orange, hatched: bind failed"),
      h("li", {}, "mark above: did not pass"), times && h("li", {}, "below: downtime, line: median, band: shortest to longest")),
    scrolling("history-scroll", "All cycles", svg),
  ];
}

function hatched(x, y, width, height) {
  const shape = rect("hatched", x, y, width, height);
  shape.setAttribute("fill", "url(#hatch)");
  return shape;
}

function bin(cycles, from, to) {
  const those = cycles.slice(from, to).filter(Boolean);
  const downtimes = those.map((cycle) => cycle.downtimeMs).filter((ms) => ms !== undefined && ms !== null).sort((a, b) => a - b);
  return {
    first: from, cycles: to - from,
    bound: those.filter((cycle) => cycle.outcome === "bound").length,
    failed: those.filter((cycle) => cycle.outcome === "failed").length,
    notPassed: those.filter((cycle) => cycle.verdict !== "Pass").length,
    least: downtimes[0] ?? null, median: downtimes[Math.floor((downtimes.length - 1) / 2)] ?? null, most: downtimes.at(-1) ?? null,
  };
}
