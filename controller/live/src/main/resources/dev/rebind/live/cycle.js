// One cycle opened: what happened, which sockets stood in the way, both flags, what would have prevented it, how to see it again.
import { badge, copyButton, h, scrolling, stateClass } from "./dom.js";
import { count, counts, countdown, duration, full, instant, onOff, outcomeText, precise, requestCauses, serverText, SIGNS } from "./format.js";
import { releaseDrawing, statesOverTime } from "./cycle-drawings.js";
import { segmentsDrawing, segmentsOf } from "./segments.js";
import { reproduce } from "./reproduce.js";

const MOST_SOCKETS = 8;

/**
 * @param cycle a whole record
 * @param file where its experiment was read
 */
export function cycleView(cycle, file) {
  const segments = segmentsOf(cycle);
  const states = statesOverTime(cycle);
  const release = releaseDrawing(cycle.release);
  return [
    sentence(cycle),
    (cycle.warnings ?? []).map((warning) => h("p", { class: "warn" }, warning)),
    (cycle.beside ?? []).map((beside) => h("p", { class: "warn" }, beside.text)),
    cycle.program?.words && [h("h4", {}, "The last lines of the server"), h("pre", { tabindex: "0", "aria-label": "The last lines of the server" }, cycle.program.words.join("\n"))],
    states && [h("h4", {}, "States over time"), scrolling("states-scroll", "States over time", states)],
    release && [h("h4", {}, "The release, predicted and seen"), scrolling("release-scroll", "The release", release)],
    h("div", { class: "pair" },
      h("div", {}, h("h4", {}, "How far the close has come"),
        segments ? segmentsDrawing(segments) : h("p", { class: "soft" }, noSegments(cycle))),
      h("div", {}, cycle.reuse && [h("h4", {}, "SO_REUSEADDR of both servers"), flags(cycle)], facts(cycle))),
    (cycle.blocking?.length ?? 0) > 0 && blocking(cycle),
    again(cycle, file),
  ];
}

function noSegments(cycle) {
  if (cycle.restart === "bare") return "A pair of bare sockets: no close to draw.";
  if (!cycle.residue) return "The server's sockets could not be read after the stop.";
  if (!cycle.peers) return "The clients' end could not be seen from where the server ran.";
  return "The connections were not all in one state, so there is no single picture: server "
    + (counts(cycle.residue) || "nothing") + "; client " + (counts(cycle.peers) || "nothing") + ".";
}

/** What happened, without what would have prevented it. */
export function explanation(cycle) {
  return cycle.sentences ? cycle.sentences.filter((part) => part.about !== "prevention").map((part) => part.text).join(" ") : cycle.explanation;
}

/** The explanation, with what would have prevented the failure made plain. */
function sentence(cycle) {
  const prevention = cycle.prevention && h("p", { class: "prevent" }, h("b", {}, "What would have prevented it: "), cycle.prevention);
  return [
    h("p", { class: "outcome-line" }, badge(cycle.verdict, SIGNS[cycle.verdict] ?? ""), " ",
      h("b", { class: cycle.outcome === "failed" && cycle.verdict === "Pass" ? "expected" : cycle.outcome ?? "" }, outcomeText(cycle)),
      cycle.cause ? ", " + cycle.cause : ""),
    h("p", { class: "sentence" }, cycle.name && [h("b", {}, cycle.name), ": "], explanation(cycle)),
    prevention,
    cycle.verdict !== "Pass" && cycle.remedies && h("ul", { class: "prevent" },
      [["now", "At that moment: "], ["later", "So that it does not come back: "]].map(([when, name]) => cycle.remedies.filter((remedy) => remedy.when === when)
        .map((remedy) => h("li", {}, h("b", {}, name), remedy.text)))),
  ];
}

function flags(cycle) {
  const names = cycle.restart === "bare" ? ["old socket", "new socket"]
    : ["old server", "new server"];
  const flag = (name, on) => h("div", { class: "flag " + onOff(on) }, h("span", { class: "soft" }, name), h("b", {}, onOff(on)));
  return h("div", { class: "flags" }, flag(names[0], cycle.reuse.old), h("span", { class: "arrow", "aria-hidden": "true" }, "\u2192"),
    flag(names[1], cycle.reuse.new),
    h("span", { class: "soft" }, cycle.reuse.old && cycle.reuse.new ? "on in both: leftovers do not block" : "leftovers block unless it is on in both"));
}

function facts(cycle) {
  const rows = [];
  const fact = (name, value) => {
    if (value !== null && value !== undefined && value !== "") rows.push(h("dt", {}, name), h("dd", {}, value));
  };
  fact("Place", cycle.address + ", port " + cycle.port);
  if (cycle.cluster) {
    const { namespace, pod, node, network, freshNamespace, containerStartMs } = cycle.cluster;
    fact("Pod", `${namespace}/${pod}` + (node ? " on " + node : "") + (network ? ", " + network : ""));
    fact("Network namespace", freshNamespace === undefined ? null : freshNamespace ? "another one than before" : "the same as before");
    fact("Container's start", containerStartMs === undefined ? null : duration(containerStartMs) + ": the kubelet's time, not the port's");
  }
  fact("Restarted, closed by", cycle.restart + ", " + cycle.closedBy);
  if (cycle.cell) fact("Old socket", `${cycle.cell.oldAddress}, left ${cycle.cell.residue}`);
  if (cycle.cell?.reusePort) fact("SO_REUSEPORT", `old ${onOff(cycle.cell.reusePort.old)}, new ${onOff(cycle.cell.reusePort.new)}`);
  if (cycle.errno) fact("Failed call", `${cycle.call ?? "not known"}: ${cycle.errno} (${cycle.errnoNumber})`);
  if (cycle.expected) fact("By the kernel's rule", cycle.expected.call ? cycle.expected.call + " fails" : cycle.expected.outcome);
  fact("Left on the port", leftText(cycle));
  fact("At the clients' end", cycle.peers && (counts(cycle.peers) || "nothing"));
  if (cycle.sendQ) fact("Unsent or unacknowledged", count(cycle.sendQ, "byte", "bytes"));
  if (cycle.peerRecvQ) fact("Unread by the clients", count(cycle.peerRecvQ, "byte", "bytes"));
  fact("Sockets", cycle.unreadable && "could not be read: " + cycle.unreadable);
  fact("Port free", cycle.release && releaseText(cycle.release));
  // The sentence tells it by the clock of a day that may be long past.
  const failed = instant(cycle.failedAt);
  fact("Port free at", failed === null || cycle.release?.actualMs === undefined ? null : full(failed + cycle.release.actualMs));
  fact("Failed binds", cycle.bindFailures === undefined ? null : String(cycle.bindFailures));
  const [stopped, bound] = [instant(cycle.stoppedAt), instant(cycle.boundAt)];
  fact("Stop to bound", stopped === null || bound === null || cycle.closedBy === "none" ? null : duration(bound - stopped));
  fact("Downtime", cycle.downtimeMs === undefined ? null : duration(cycle.downtimeMs) + ", as clients saw it");
  const clients = cycle.clients;
  if (clients) {
    fact("Clients saw", [count(clients.connections, "connection", "connections"), count(clients.answers, "answer", "answers"),
      count(clients.resets, "reset", "resets"), count(clients.ends, "end", "ends"),
      clients.bytesLost ? count(clients.bytesLost, "byte lost", "bytes lost") : null].filter(Boolean).join(", "));
    fact("Failed connects", Object.entries(clients.failedConnects).map(([errno, n]) => n + " \u00D7 " + errno).join(", "));
    const requests = clients.requests;
    if (requests) {
      fact("Requests", [`${requests.sent} sent`, `${requests.answered} answered`,
        ...Object.entries(requests.failed).map(([failure, n]) => `${n} failed: ${failure.replaceAll("_", " ")}`),
        requests.bytesCut ? count(requests.bytesCut, "byte cut", "bytes cut") : null].filter(Boolean).join(", "));
      fact("Why they failed", requests.causes && requestCauses(requests.causes)
        + (requests.clockToleranceMs === undefined ? "" : `; times to ${duration(requests.clockToleranceMs)}`));
      for (const [name, latency] of [["Latency before the stop", requests.before], ["Latency until bound", requests.during],
        ["Latency after that", requests.after]]) {
        if (latency) fact(name, `median ${duration(latency.p50)}, p99 ${duration(latency.p99)}, longest ${duration(latency.max)}, of ${count(latency.count, "answer", "answers")}`);
      }
    }
  }
  for (const [name, at] of [["Stopped", cycle.stoppedAt], ["Bind failed", cycle.failedAt], ["Bound", cycle.boundAt]]) {
    const ms = instant(at);
    if (ms !== null) fact(name, h("time", { datetime: at, title: full(ms) }, precise(ms)));
  }
  return h("dl", { class: "facts" }, rows);
}

/** With why it may be less than the connections there were: the words of the report's LeftWords. */
function leftText(cycle) {
  if (!cycle.residue) return null;
  const left = counts(cycle.residue) || "nothing";
  const resets = cycle.clients?.resets ?? 0;
  if (resets === 0) return left;
  return `${left}. The clients saw ${count(resets, "reset", "resets")}, and a reset leaves no socket.`
    + (["server", "kill"].includes(cycle.closedBy)
      ? " The kernel resets a connection that is closed with unread data, or that gets data after the close (RFC 1122, section 4.2.2.13)." : "");
}

function releaseText(release) {
  if (release.unknown) return "not by a time that can be told: " + release.unknown;
  const parts = [];
  if (release.earliestMs !== undefined && release.latestMs !== undefined) {
    parts.push(`${duration(release.earliestMs)} to ${duration(release.latestMs)} after the failed bind`);
  }
  if (release.predictedMs !== undefined) parts.push(`predicted: ${(release.predictedMs / 1000).toFixed(3)} s`);
  if (release.actualMs !== undefined) {
    const still = release.lastFailedMs === undefined ? "" : `, and still blocked at ${(release.lastFailedMs / 1000).toFixed(3)} s`;
    parts.push(`seen: ${(release.actualMs / 1000).toFixed(3)} s${still}`);
  }
  return parts.join("; ");
}

function blocking(cycle) {
  const sockets = cycle.blocking;
  const shown = sockets.slice(0, MOST_SOCKETS);
  const holder = (socket) => (socket.pid === undefined ? "nobody" : `${socket.process ?? "a process"} (pid ${socket.pid})`);
  return [
    h("h4", {}, count(sockets.length, "socket", "sockets") + " in the way"),
    scrolling("blocking-scroll", "Sockets in the way",
      h("table", { class: "sockets" },
        h("thead", {}, h("tr", {}, ["state", "local", "remote", "timer left", "held by", "left by"]
          .map((name) => h("th", { scope: "col", class: name === "timer left" ? "n" : null }, name)))),
        h("tbody", {}, shown.map((socket) => h("tr", {},
          h("td", { class: "st " + stateClass(socket.state) }, socket.state), h("td", { class: "mono" }, socket.local), h("td", { class: "mono" }, socket.remote),
          h("td", { class: "n" }, socket.expiresMs === undefined ? "" : countdown(socket.expiresMs)),
          h("td", {}, holder(socket)), h("td", {}, serverText(cycle, socket.generation))))))),
    sockets.length > shown.length && h("p", { class: "soft" }, `and ${sockets.length - shown.length} more, in the records`),
  ];
}

function again(cycle, file) {
  const { command, note } = reproduce(cycle, file);
  return [
    h("h4", {}, "See it again on your machine"),
    h("div", { class: "command" },
      h("pre", { tabindex: "0", "aria-label": "Command" }, h("code", {}, command)),
      copyButton("copy-command", "Copy the command", command)),
    h("p", { class: "soft" }, note + " Run it in the folder of Rebind's sources."),
  ];
}
