// The command that brings about one cycle again on one machine: an experiment of one restart, made from the cycle's record. Reproduction.java does
// the same for the report.

const OBSTACLES = { listener_other: "listener", listener_unseen: "listener", outgoing: "outgoing", self_connect: "self-connect" };

/**
 * @param file where the experiment was read, on the machine that runs it
 * @returns {command, note}
 */
export function reproduce(cycle, file) {
  const body = cycle.restart === "bare" ? cells(cycle) : restart(cycle);
  if (body === null) {
    return { command: `./rebind run ${shell(local(file) ?? cycle.experiment + ".yaml")}`, note: "All cycles of the experiment: this one needs the sockets that its document describes." };
  }
  const lines = [
    "./rebind run /dev/stdin <<'YAML'", "apiVersion: rebind.dev/v1alpha1", "kind: RebindExperiment",
    "metadata:", `  name: ${label(cycle.experiment)}-${cycle.cycle}`, "spec:", ...body.map((line) => "  " + line), "YAML",
  ];
  return { command: lines.join("\n"), note: note(cycle) };
}

/** On one machine there are no containers, pods and rollouts. */
const mode = (cycle) => (cycle.restart === "listener" ? "listener" : "process");

function note(cycle) {
  if (cycle.restart === "bare") {
    return cycle.cell?.reusePort
      ? "The sixteen settings of SO_REUSEADDR and SO_REUSEPORT for this pair of sockets."
      : "The four settings of SO_REUSEADDR for this pair of sockets.";
  }
  if (cycle.cluster) return `One restart of Rebind's own server on this machine, as a ${mode(cycle)}: the causes are the kernel's, not the cluster's.`;
  return "One restart of the same kind, on a free port of this machine.";
}

function cells(cycle) {
  const cell = cycle.cell;
  if (!cell?.relation || !cell.family) return null;
  const lines = ["truthTable:", `  residues: [${cell.residue}]`, `  addresses: [${cell.relation.replaceAll("_", "-")}]`, `  families: [${cell.family}]`];
  if (cell.reusePort) lines.push("  reusePort: true");
  return lines;
}

function restart(cycle) {
  if (!cycle.reuse) return null;
  const lines = [];
  const server = [];
  const left = cycle.residue ?? {};
  const obstacle = OBSTACLES[cycle.cause];
  // With something else in the way no client is needed, and so none can close first.
  const close = obstacle ? "server" : cycle.closedBy;
  if (close === "keep") server.push("handler: process");
  // What SIGKILL leaves depends on what the server had read: all of it, or not.
  if (close === "kill") server.push(left.TIME_WAIT ? "service: stream" : "reading: false");
  if (server.length > 0) lines.push("target:", "  server:", ...server.map((line) => "    " + line));
  lines.push("restart:", `  mode: ${mode(cycle)}`, `  close: ${close}`);
  lines.push("reuseAddress:", `  sequence: [${cycle.reuse.old}, ${cycle.reuse.new}]`);
  const connections = obstacle ? 0 : held(cycle);
  const full = cycle.closedBy === "stall" && left.FIN_WAIT_1 > 0 && cycle.cause === "closing" && !left.FIN_WAIT_2;
  if (connections !== undefined || full) {
    lines.push("clients:");
    if (connections !== undefined) lines.push(`  connections: ${connections}`);
    if (full) lines.push("  untilFull: true");
  }
  if (obstacle) lines.push("obstacle:", `  kind: ${obstacle}`);
  lines.push("onFailure: move");
  if (cycle.outcome) {
    lines.push("expect:", `  outcome: ${cycle.outcome}`);
    if (cycle.cause && cycle.cause !== "unknown") lines.push(`  cause: ${cycle.cause}`);
  }
  return lines;
}

/** Connections at the time of the stop, or what is left of them; undefined where neither is known, and the default will do. */
function held(cycle) {
  const before = (cycle.timeline ?? []).filter((sample) => sample.side === "server" && sample.atMs <= 0).map((sample) => sample.states.ESTABLISHED ?? 0);
  const left = Object.entries(cycle.residue ?? {}).filter(([state]) => state !== "LISTEN").reduce((sum, [, n]) => sum + n, 0);
  const most = Math.max(left, ...before);
  return most > 0 ? Math.min(most, 10000) : undefined;
}

/** A bundled experiment lies in the sources. */
const local = (file) => (file?.startsWith("tour/") ? "controller/src/main/resources/dev/rebind/" + file : file);

const shell = (text) => (/^[\w./@:+-]+$/.test(text) ? text : "'" + text.replaceAll("'", "'\\''") + "'");

/** Within an RFC 1123 label, with room for the number. */
const label = (name) => name.toLowerCase().replaceAll(/[^a-z0-9-]/g, "-").slice(0, 50).replace(/-+$/, "");
