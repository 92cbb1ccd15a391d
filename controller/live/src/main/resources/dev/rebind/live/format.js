// Words and figures as the report has them. Durations are in milliseconds, instants in milliseconds since 1970.

/** 0.4 ms, 171 ms, 2.51 s, 60.4 s, 3 min 20 s; negative ones too. */
export function duration(ms) {
  const size = Math.abs(ms);
  if (size < 9.95) return ms.toFixed(1) + " ms";
  if (size < 999.5) return ms.toFixed(0) + " ms";
  if (size < 9995) return (ms / 1000).toFixed(2) + " s";
  if (size < 119950) return (ms / 1000).toFixed(1) + " s";
  const seconds = Math.round(size / 1000);
  const sign = ms < 0 ? "-" : "";
  if (seconds < 7200) return sign + Math.floor(seconds / 60) + " min " + (seconds % 60) + " s";
  return sign + Math.floor(seconds / 3600) + " h " + Math.floor((seconds % 3600) / 60) + " min";
}

/** A timer that counts down: always one decimal, so that the column stands still. */
export const countdown = (ms) => (Math.max(0, ms) / 1000).toFixed(1) + " s";

export const number = (n) => n.toLocaleString("en");

/** 1 cycle, 12,000 cycles. */
export const count = (n, one, many) => number(n) + " " + (n === 1 ? one : many);

export const onOff = (on) => (on ? "on" : "off");

/** off → on; a dash where it is not known. */
export const reuseText = (reuse) => (reuse ? onOff(reuse.old) + " \u2192 " + onOff(reuse.new) : "\u2013");

/** What came of a restart, in words that do not contradict its verdict: those of the report's OutcomeWords. */
export function outcomeText(cycle) {
  if (!cycle.outcome) return "no bind";
  if (cycle.outcome === "bound") return "bound";
  const [failed, bound] = [instant(cycle.failedAt), instant(cycle.boundAt)];
  if (cycle.release?.actualMs !== undefined && failed !== null && bound !== null && cycle.bindFailures) {
    return `bound after ${duration(bound - failed)}${cycle.program ? "" : ` and ${count(cycle.bindFailures + 1, "try", "tries")}`}`;
  }
  return cycle.verdict === "Pass" ? "failed, as expected" : "failed";
}

/** The server of this number by its part in the cycle, as the report's Words say it. */
export function serverText(cycle, number) {
  if (number === undefined) return "";
  if (!cycle.generations || cycle.generations.old === number) return cycle.cell ? "old socket" : "old server";
  return cycle.generations.new === number ? "new server" : "earlier server";
}

/** TIME_WAIT 5, LISTEN 1. */
export const counts = (map) => Object.keys(map).sort().map((key) => key + " " + map[key]).join(", ");

/** The words of the report's RequestWords. */
const requestCause = (cause) => ({
  unknown: "for a cause that cannot be told",
  status: "answered with another status",
  status_of_old_server: "answered with another status by old server",
  status_of_new_server: "answered with another status by new server",
})[cause] ?? cause.replaceAll("_", " ");

/** Failed requests by cause, the most frequent first. */
export const requestCauses = (causes) => Object.entries(causes).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  .map(([cause, n]) => `${n} ${requestCause(cause)}`).join(", ");

/** Milliseconds since 1970 of an ISO 8601 instant; null where there is none. */
export function instant(text) {
  const ms = text === undefined || text === null ? NaN : Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const FULL = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium", timeStyle: "long", hourCycle: "h23",
});

/** 14:03:07 in the reader's time zone. */
export const clock = (ms) => CLOCK.format(ms);

/** 14:03:07.482 in the reader's time zone. */
export const precise = (ms) => CLOCK.format(ms) + "." + String(Math.floor(((ms % 1000) + 1000) % 1000)).padStart(3, "0");

/** With the day where it is not today's. */
export function moment(ms, now) {
  return DAY.format(ms) === DAY.format(now) ? clock(ms) : DAY.format(ms) + ", " + clock(ms);
}

export const full = (ms) => FULL.format(ms);

/** Europe/Berlin (UTC+2): the zone that every time on the page is in. */
export function zone() {
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone || "local time";
  const minutes = -new Date().getTimezoneOffset();
  const sign = minutes < 0 ? "-" : "+";
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  const offset = "UTC" + (minutes === 0 ? "" : sign + hours + (rest ? ":" + String(rest).padStart(2, "0") : ""));
  return name === "UTC" || name === "Etc/UTC" ? "UTC" : name + " (" + offset + ")";
}

/** The sign and word of a verdict, so that its colour is not needed. */
export const SIGNS = { Pass: "\u2713", Fail: "\u2717", Inconclusive: "?", Error: "!" };

/** The nearest-rank percentile of sorted values: a figure that was measured. */
export function percentile(sorted, percent) {
  return sorted[Math.max(Math.ceil((percent * sorted.length) / 100), 1) - 1];
}
