// How far a close has come, by the states of both ends (RFC 9293, section 3.6): whoever closes first sends FIN (1), the other
// acknowledges it (2) and sends its own FIN (3), which is acknowledged (4). The same rules as the report's Segments.
import { h, label, line, rect, s } from "./dom.js";

const NONE = "";
const MEANINGS = [
  ["TIME_WAIT", NONE, true, 4, "The server closed first and keeps TIME_WAIT; the client's end is gone."],
  ["FIN_WAIT_2", "CLOSE_WAIT", true, 2, "The client has not closed: the server's end waits for its FIN."],
  ["FIN_WAIT_1", "ESTABLISHED", true, 0, "The server's FIN waits behind data that the client does not read."],
  ["ESTABLISHED", "ESTABLISHED", true, 0, "Nobody has closed."],
  ["CLOSE_WAIT", "FIN_WAIT_2", false, 2, "The client has closed, and the server has not."],
  [NONE, "TIME_WAIT", false, 4, "The client closed first and keeps TIME_WAIT; nothing is left on the server's port."],
];
/** States of the end that closed first, and of the other one, by the segments that have arrived. */
const FIRST = ["ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "TIME_WAIT"];
const SECOND = ["ESTABLISHED", "CLOSE_WAIT", "LAST_ACK", "CLOSED"];

/** The one state of an end's connections; none where there are no connections; null where there are several. */
function only(states) {
  const connections = Object.keys(states).filter((state) => state !== "LISTEN");
  return connections.length === 0 ? NONE : connections.length === 1 ? connections[0] : null;
}

const shown = (state) => (state === NONE ? "CLOSED" : state);

/** Null where the states of both ends are not known, or do not tell one story. */
export function segmentsOf(cycle) {
  if (!cycle.residue || !cycle.peers) return null;
  const server = only(cycle.residue);
  const client = only(cycle.peers);
  if (server === null || client === null) return null;
  const meaning = MEANINGS.find(([ofServer, ofClient]) => ofServer === server && ofClient === client);
  if (meaning) {
    return { serverFirst: meaning[2], seen: meaning[3], reset: false, server: shown(server), client: shown(client), note: meaning[4] };
  }
  if (server === NONE && client === NONE && cycle.clients?.resets > 0) {
    return {
      serverFirst: true, seen: 1, reset: true, server: "CLOSED", client: "CLOSED",
      note: "The connections were reset: nothing is left at either end.",
    };
  }
  return null;
}

const WIDTH = 480;
const SERVER = 125;
const CLIENT = WIDTH - 125;
const TOP = 30;
const STEP = 44;
const SLOPE = 16;

/** The well-known drawing: two lines of life, arrows between them, states beside them. */
export function segmentsDrawing(segments) {
  const bottom = TOP + 20 + (segments.reset ? 1 : 4) * STEP + 12;
  const svg = s("svg", {
    class: "close", viewBox: `0 0 ${WIDTH} ${bottom}`, role: "img",
    "aria-label": `Server ${segments.server}, client ${segments.client}: ${segments.note}`,
  });
  svg.append(label("t-soft", SERVER, 14, "middle", "server"), label("t-soft", CLIENT, 14, "middle", "client"));
  svg.append(line("life", SERVER, 20, SERVER, bottom), line("life", CLIENT, 20, CLIENT, bottom));
  if (segments.reset) {
    svg.append(arrow(0, true, "RST", true), state(true, "CLOSED", TOP + STEP - 8, true), state(false, "CLOSED", TOP + STEP + 12, true));
  } else {
    const first = segments.serverFirst;
    svg.append(arrow(0, first, "1 FIN", segments.seen >= 1), arrow(1, !first, "2 ACK", segments.seen >= 2));
    svg.append(arrow(2, !first, "3 FIN", segments.seen >= 3), arrow(3, first, "4 ACK", segments.seen >= 4));
    svg.append(...states(segments, first, FIRST, [TOP, TOP + 26, TOP + STEP + 34, TOP + 2 * STEP + 34]));
    svg.append(...states(segments, !first, SECOND, [TOP, TOP + 30, TOP + 2 * STEP + 4, TOP + 3 * STEP + 34]));
  }
  return h("div", {}, svg, h("p", {}, segments.note));
}

/** The states that were reached, the present one marked; those that were not are left out. */
function states(segments, server, names, at) {
  const now = server ? segments.server : segments.client;
  const reached = names.indexOf(now);
  return names.slice(0, reached < 0 ? names.length : reached + 1).map((name, i) => state(server, name, at[i], name === now));
}

function state(server, name, y, now) {
  const width = 102;
  const x = server ? SERVER - 10 - width : CLIENT + 10;
  return s("g", {}, rect(now ? "here" : "box", x, y, width, 20), label(now ? "" : "t-soft", x + width / 2, y + 14.5, "middle", name));
}

function arrow(row, fromServer, text, seen) {
  const y = TOP + 14 + row * STEP;
  const to = fromServer ? CLIENT : SERVER;
  const group = s("g", {}, line(seen ? "seg" : "never", fromServer ? SERVER : CLIENT, y, to, y + SLOPE));
  if (seen) group.append(s("path", { class: "tip", d: `M${to} ${y + SLOPE}l${fromServer ? -9 : 9} -5l0 8z` }));
  group.append(label(seen ? "" : "t-soft", (SERVER + CLIENT) / 2, y + SLOPE / 2 - 5, "middle", seen ? text : text + " (not yet)"));
  return group;
}
