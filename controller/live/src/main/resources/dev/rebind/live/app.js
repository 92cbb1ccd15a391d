// The page: which experiment is chosen, what is drawn when, and what is told to people.
import { Actions, Credential } from "./actions.js";
import { AuditPanel } from "./audit.js";
import { getJson, path, request, Stream } from "./connection.js";
import { ComparePanel } from "./compare.js";
import { CycleList, sayCount } from "./cycles.js";
import { cycleView, explanation } from "./cycle.js";
import { downtimeHistogram, historyDrawing } from "./distribution.js";
import { byId, copyButton, h, keepTall, replace, setText } from "./dom.js";
import { ExperimentList, headline, idOf, isOver, tiles } from "./experiments.js";
import { count, duration, instant, zone } from "./format.js";
import { Listing } from "./listing.js";
import { Followed } from "./model.js";
import { PortPanel } from "./port-panel.js";
import { WhyPanel } from "./why.js";
import { networkTable, remediesList, truthTable } from "./tables.js";
import { Announcer } from "./announcer.js";

const experiments = new Map();
let order = [];
let about = null;
let followed = null;
let opened = null;
let listed = false;
/** What the server's clock shows more than this one. */
let ahead = 0;
const streams = new Map();
const dirty = new Set();
const PLACES = { local: "on this machine", kubernetes: "in the cluster", report: "a report" };

const now = () => Date.now() + ahead;
const clock = (iso) => {
  ahead = instant(iso) - Date.now();
};

const credential = new Credential();
const announcer = new Announcer(byId("said"));
const actions = new Actions(credential, () => announcer.say(credential.token ? "The token is in use." : "The page only reads again."));
const list = new ExperimentList(byId("experiment-list"), byId("no-experiments"));
const cycles = new CycleList(byId("cycle-list"), (cycle, byKeyboard) => openCycle(cycle, byKeyboard));
const listing = new Listing(byId("netstat"));
const why = new WhyPanel(byId("why"));
const compare = new ComparePanel(byId("compare-section"), byId("compare-with"), byId("comparison"));
const audit = new AuditPanel(byId("audit-section"), byId("audit"));
const port = new PortPanel(now, (left) => why.saw(left));

// --- What the server tells ---

const all = new Stream(() => "v1/events", {
  experiment: (experiment) => {
    const id = idOf(experiment);
    if (!experiments.has(id)) {
      order = about?.backend === "kubernetes" && listed ? [id, ...order] : [...order, id];
    }
    experiments.set(id, experiment);
    mark("list");
    // The address may name one that was started a moment ago, or that is made again.
    if (listed && !followed && [null, id].includes(target().id)) choose();
  },
  gone: (named) => {
    experiments.delete(idOf(named));
    order = order.filter((id) => id !== idOf(named));
    mark("list");
  },
  ready: ({ now: at }) => {
    clock(at);
    listed = true;
    mark("list");
    if (!about) introduce();
    choose();
  },
  beat: ({ now: at }) => clock(at),
}, (state) => {
  // A server that comes back may have other experiments: the list is made anew.
  if (state.state === "connecting" || (state.state === "lost" && state.retrying)) {
    experiments.clear();
    order = [];
    listed = false;
  }
  connection("all", state);
});

async function introduce() {
  try {
    about = await getJson("v1/about");
    clock(about.now);
    setText(byId("where"), PLACES[about.backend]);
    byId("where").title = "Rebind " + about.version + (about.machine ? ", " + about.machine.system + " " + about.machine.kernel : "");
    actions.about(about);
    if (about.backend === "kubernetes") audit.begin();
    mark("list");
  } catch {
    // Asked again with the next connection.
  }
}

function connection(who, state) {
  streams.set(who, state);
  const states = [...streams.values()];
  const worst = worstOf(states);
  if (state.state === "lost" && !announcer.lost && listedOnce()) {
    announcer.lost = true;
    announcer.say("The connection to the server is lost. What is shown stays; the page tries again by itself.");
  }
  if (worst.state === "open" && announcer.lost) {
    announcer.lost = false;
    announcer.say("Connected again, and up to date.");
    introduce();
  }
  showConnection();
}

const worstOf = (states) => ["lost", "connecting", "resting", "open"].map((name) => states.find((one) => one.state === name)).find(Boolean);

let everListed = false;
const listedOnce = () => everListed || (everListed = listed);

function showConnection() {
  const states = [...streams.values()];
  // Colour and words from the same look: a stream that ends takes both with it.
  const worst = worstOf(states)?.state ?? "open";
  byId("connection").className = "connection " + (worst === "open" && followed?.experiment && isOver(followed.experiment) ? "done" : worst);
  document.body.classList.toggle("offline", worst === "lost");
  const lost = states.find((state) => state.state === "lost");
  const waits = lost?.retryAt ? Math.max(0, Math.ceil((lost.retryAt - Date.now()) / 1000)) : 0;
  const over = followed?.experiment && isOver(followed.experiment);
  const end = about?.backend === "report" && followed?.experiment?.phase === "Aborted" ? "Interrupted" : "Finished";
  const text = lost ? (waits > 0 ? `Connection lost, next try in ${waits} s` : "Connection lost, trying again")
    : states.some((state) => state.state === "connecting") ? "Connecting" : states.some((state) => state.state === "resting") ? "Resting" : over ? end : "Live";
  setText(byId("connection-text"), text);
  byId("retry").hidden = !lost;
  byId("lost").hidden = !lost;
  if (lost) {
    setText(byId("lost"), everListed
      ? "The server does not answer. What is shown is what was known at the last moment; the page tries again by itself and then catches up."
        + (about?.backend === "local" ? " If the run is over, its report is in the folder that it printed." : "")
      : "The server does not answer. Is ./rebind run --ui or ./rebind report still running, or can the controller's port be reached? The page tries again by itself.");
  }
}

// --- What is chosen: the address says it, so that it can be sent to somebody ---

function target() {
  const [, namespace, name, what, cycle] = location.hash.split("/").map(decodeURIComponent);
  return { id: namespace && name ? namespace + "/" + name : null, namespace, name, cycle: what === "cycle" ? Number(cycle) : null };
}

const hashOf = ({ namespace, name }, cycle) =>
  "#/" + encodeURIComponent(namespace) + "/" + encodeURIComponent(name) + (cycle ? "/cycle/" + cycle : "");

function choose() {
  const wanted = target();
  const kept = followed && experiments.has(idOf(followed)) ? idOf(followed) : null;
  // Without a choice: what is shown, else what runs, else the first of the list.
  const id = wanted.id ?? kept ?? order.find((one) => experiments.get(one).phase === "Running")
    ?? order.find((one) => !isOver(experiments.get(one))) ?? order[0] ?? null;
  if (id === null || (listed && !experiments.has(id))) {
    nothing(wanted.id);
    return;
  }
  const { namespace, name } = experiments.get(id) ?? wanted;
  if (!followed || idOf(followed) !== id) follow({ namespace, name });
  if (wanted.cycle && wanted.cycle !== opened) openCycle(wanted.cycle, false, true);
  if (!wanted.cycle && opened !== null) closedByAddress();
  mark("list");
}

function follow(named) {
  followed?.close();
  streams.delete("one");
  closeCycle(false);
  ["steps", "failure-last", "port-now", "port-drawing"].forEach((id) => (byId(id).style.minHeight = ""));
  const seen = { phase: null, failed: null, ready: false };
  const model = new Followed(named, {
    connection: (state) => model === followed && connection("one", state),
    clock,
    changed: (what, record) => {
      if (model !== followed) return;
      mark(what);
      if (what === "experiment" && model.experiment) tell(model, seen);
      if (what === "records" && record && model.ready && record.outcome === "failed") failureCame(record);
      if (what === "gone") nothing(idOf(named), true);
    },
  });
  followed = model;
  byId("nothing").hidden = true;
  byId("chosen").hidden = false;
  port.show(model);
  why.show(model);
  compare.show(model);
  model.stream.open();
  ["experiment", "records", "steps"].forEach(mark);
  lookAtSockets();
}

function nothing(id, deleted = false) {
  byId("chosen").hidden = true;
  byId("nothing").hidden = false;
  followed?.close();
  followed = null;
  streams.delete("one");
  if (deleted || id) {
    setText(byId("nothing-title"), deleted ? "This experiment was deleted" : "There is no such experiment");
    setText(byId("nothing-text"), `${id} is not here` + (order.length > 0 ? "; choose one from the list." : "."));
  } else {
    setText(byId("nothing-title"), "No experiment yet");
    setText(byId("nothing-text"), about?.backend === "kubernetes"
      ? "Make one with kubectl apply -f k8s/experiments/first-experiment.yaml; it appears here by itself."
      : about?.backend === "report" ? "The report has no experiment." : "The run has not begun its first experiment; it appears here by itself.");
  }
}

// --- What is said: phases and failures, at most a sentence every few seconds ---

function tell(model, seen) {
  const { phase, verdict, name } = model.experiment;
  if (seen.phase !== null && seen.phase !== phase) announcer.say(`${name}: ${phase}` + (verdict ? ", verdict " + verdict : "") + ".");
  // What only makes sense while it runs goes with its end.
  if (seen.phase !== phase) mark("records");
  seen.phase = phase;
  document.title = `${verdict ?? phase}: ${name} \u00B7 Rebind`;
}

function failureCame(record) {
  announcer.soon(`Cycle ${record.cycle} could not bind` + (record.cause ? ": " + record.cause : "") + ".");
}

/** What failed, on top: how many, the last one in words, what would have prevented it. Counted from the records, whenever the page was opened. */
function drawFailures(records) {
  const notPassed = records.filter((record) => record.verdict !== "Pass");
  const shown = notPassed.length > 0 ? notPassed : records.filter((record) => record.outcome === "failed");
  byId("failures-section").hidden = shown.length === 0;
  byId("failures-section").classList.toggle("bad", notPassed.length > 0);
  lastFailure = shown.at(-1)?.cycle ?? null;
  if (shown.length === 0) return;
  const of = `${shown.length.toLocaleString("en")} of ${count(records.length, "cycle", "cycles")}`;
  setText(byId("failure-text"), notPassed.length > 0 ? of + " did not pass" : of + " could not bind, as expected");
  setText(byId("failure-last"), `Cycle ${lastFailure}: ${explanation(shown.at(-1))}`);
  // While it runs, one failure follows the other, and some need more words.
  keepTall(byId("failure-last"));
  const remedies = [...followed.remedies.values()].sort((a, b) => b.count - a.count);
  replace(byId("remedies"), remedies.length > 0 ? remediesList(remedies, (cycle) => openCycle(cycle, true))
    : h("p", { class: "empty" }, "For these nothing is known that would have prevented them."));
}

let lastFailure = null;
byId("failure-open").addEventListener("click", () => lastFailure && openCycle(lastFailure, true));

// --- One cycle ---

async function openCycle(cycle, byKeyboard, fromAddress = false) {
  if (!followed) return;
  const model = followed;
  // Back closes a cycle: it has an entry of its own in the history, and a second one has the same.
  const another = opened !== null || history.state?.listBefore;
  opened = cycle;
  cycles.mark(cycle);
  byId("cycle").hidden = false;
  byId("cycles-section").classList.add("has-open");
  setText(byId("cycle-title"), "Cycle " + cycle);
  if (!fromAddress) {
    if (another) history.replaceState(history.state, "", hashOf(model, cycle));
    else history.pushState({ listBefore: true }, "", hashOf(model, cycle));
  }
  showMoves();
  try {
    const record = await model.wholeRecord(cycle);
    if (model !== followed || opened !== cycle) return;
    byId("cycle-body").replaceChildren(h("div", {}, cycleView(record, model.detail?.file)));
  } catch (e) {
    if (model !== followed || opened !== cycle) return;
    byId("cycle-body").replaceChildren(h("p", { class: "notice" }, `Cycle ${cycle} cannot be shown now: ${e.message}`));
  }
  if (byKeyboard) byId("cycle-title").focus({ preventScroll: true });
  if (byKeyboard || byId("cycle").getBoundingClientRect().top > innerHeight * 0.8) byId("cycle").scrollIntoView({ block: "nearest" });
}

function closeCycle(focus = true) {
  opened = null;
  byId("cycle").hidden = true;
  byId("cycles-section").classList.remove("has-open");
  byId("cycle-body").replaceChildren();
  cycles.mark(null);
  if (followed && focus) {
    history.replaceState(history.state, "", hashOf(followed));
    byId("cycle-list").focus();
  }
}

function closedByAddress() {
  closeCycle(false);
  byId("cycle-list").focus();
}

const failures = () => followed.records.filter((record) => record.outcome === "failed" || record.verdict !== "Pass").map((record) => record.cycle);

function showMoves() {
  if (!followed || opened === null) return;
  const those = failures();
  byId("previous-failure").disabled = !those.some((cycle) => cycle < opened);
  byId("next-failure").disabled = !those.some((cycle) => cycle > opened);
}

byId("close-cycle").addEventListener("click", () => closeCycle());
byId("previous-failure").addEventListener("click", () => openCycle(failures().findLast((cycle) => cycle < opened), true));
byId("next-failure").addEventListener("click", () => openCycle(failures().find((cycle) => cycle > opened), true));
// Wherever the focus is; a dialog closes itself.
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && opened !== null && !document.querySelector("dialog[open]")) closeCycle();
});

// --- Drawing: what has changed, at most once a frame; what is dear, at most twice a second ---

let framed = false;
function mark(what) {
  dirty.add(what);
  if (!framed) {
    framed = true;
    requestAnimationFrame(draw);
  }
}

let lastRecords = 0;
let later = null;
function draw() {
  framed = false;
  if (dirty.has("list")) drawList();
  if (followed && (dirty.has("experiment") || dirty.has("steps"))) drawHead();
  if (followed && dirty.has("experiment")) showSections();
  if (followed && (dirty.has("records") || dirty.has("whole"))) {
    const wait = lastRecords + 500 - performance.now();
    if (wait <= 0) {
      lastRecords = performance.now();
      drawRecords();
    } else {
      later ??= setTimeout(() => {
        later = null;
        mark("records");
      }, wait);
    }
  }
  dirty.clear();
}

function drawList() {
  const text = byId("search-text").value.toLowerCase();
  byId("search").hidden = order.length <= 8;
  const shown = order.map((id) => experiments.get(id)).filter((one) => idOf(one).toLowerCase().includes(text));
  // While the list comes anew, what was there stays.
  if (listed) list.show(shown, followed && idOf(followed), about?.backend === "kubernetes");
  compare.offer(order.map((id) => experiments.get(id)));
}

function drawHead() {
  const experiment = followed.experiment;
  if (!experiment) return;
  setText(byId("name"), experiment.name);
  setText(byId("description"), experiment.description ?? "");
  byId("description").hidden = !experiment.description;
  const { parts, steps } = headline(experiment, followed.steps, now());
  byId("phase").replaceChildren(...parts);
  byId("steps").replaceChildren(...steps.slice(0, 8).map((text) => h("li", {}, text)));
  // A cycle's steps come and go: what is beneath stays where it is.
  byId("steps").hidden = isOver(experiment);
  keepTall(byId("steps"));
  byId("message").hidden = !experiment.message;
  setText(byId("message"), experiment.message ?? "");
  byId("tiles").replaceChildren(...tiles(experiment).filter(Boolean));
  const base = path(followed.namespace, followed.name);
  byId("report").href = base + "/report.html?download=true";
  byId("summary").href = base + "/summary.md?download=true";
  const none = experiment.counts.done === 0;
  for (const id of ["report", "summary"]) {
    byId(id).classList.toggle("off", none);
    if (none) byId(id).setAttribute("aria-disabled", "true");
    else byId(id).removeAttribute("aria-disabled");
  }
  setText(byId("yaml"), followed.detail?.yaml ?? "");
  byId("document").hidden = !followed.detail?.yaml;
  actions.show(experiment);
  showConnection();
}

function drawRecords() {
  const { records } = followed;
  const filter = byId("filter").value;
  const shown = followed.list(filter);
  sayCount(byId("cycle-count"), shown.length, records.length, filter);
  cycles.show(shown, emptyList(filter));
  showMoves();
  port.changed();
  const drawn = (id, section, what) => {
    if (section) byId(section).hidden = !what;
    if (what) replace(byId(id), what);
  };
  drawFailures(records);
  showSections();
  const { downtimes } = followed;
  drawn("downtime", null, downtimes.length === 1 ? h("p", {}, `${duration(downtimes[0])}, in the one cycle that could be measured.`)
    : downtimes.length > 1 ? downtimeHistogram(downtimes, byId("downtime").clientWidth)
    : h("p", { class: "empty" }, "Known after the first restart that clients saw the end of."));
  drawn("truth", "truth-section", followed.cells.size > 0 && truthTable(followed.cells, followed.experiment?.planned, (cycle) => openCycle(cycle, true)));
  drawn("networks", "network-section", networkTable([...followed.networks.values()]));
  drawn("history", "history-section", records.length > 20 && followed.cells.size === 0 && historyDrawing(records));
}

/** By what kind of experiment it is, which comes later than its records, and whether it is over. */
function showSections() {
  const bare = followed.detail?.kind === "cells";
  const over = followed.experiment !== null && isOver(followed.experiment);
  byId("downtime-section").hidden = bare || (over && followed.downtimes.length === 0);
  byId("port-section").hidden = bare;
  byId("netstat-section").hidden = bare || over;
  byId("why-section").hidden = bare || over || !followed.detail;
}

const emptyList = (filter) => (followed.records.length === 0
  ? followed.experiment?.counts.done > 0 && followed.ready
    ? "The records of " + count(followed.experiment.counts.done, "cycle", "cycles") + " are not stored here any more. The report says what there is instead."
    : (about?.backend === "report" ? "No cycle had ended when the run was cut short." : followed.experiment && isOver(followed.experiment) ? "It ended without a cycle." : "No cycle has ended yet. The first one appears here by itself.")
  : filter === "failed" ? "No bind has failed." : "Every cycle passed.");

// What a person chooses is drawn at once, however lately the run had the list drawn: the next click must meet the rows that were asked for.
byId("filter").addEventListener("input", () => followed && drawRecords());
byId("search-text").addEventListener("input", drawList);
byId("why-ask").addEventListener("click", () => why.ask());
byId("compare-ask").addEventListener("click", () => compare.ask());
byId("retry").addEventListener("click", () => {
  all.retryNow();
  followed?.stream.retryNow();
});
for (const id of ["report", "summary"]) {
  byId(id).addEventListener("click", async (event) => {
    event.preventDefault();
    await take(event.currentTarget);
  });
}

/** Fetched first, so that a refusal is a sentence on the page and not a page of its own. */
async function take(link) {
  if (link.getAttribute("aria-disabled")) {
    actions.say("There is no record yet to make it from.", true);
    return;
  }
  try {
    const response = await request(link.href);
    const url = URL.createObjectURL(await response.blob());
    const name = (response.headers.get("Content-Disposition") ?? "").match(/filename="([^"]+)"/)?.[1]
      ?? followed.name + "-" + link.href.split("/").at(-1).split("?")[0];
    h("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  } catch (e) {
    actions.say(e.message, true);
  }
}

byId("copy-yaml-place").append(copyButton("copy-yaml", "Copy as YAML", async () => {
  if (!followed.detail) await followed.fetchDetail();
  return followed.detail.yaml;
}));

// --- The sockets, now ---

let looking = null;
async function lookAtSockets() {
  clearTimeout(looking);
  const model = followed;
  if (!model) return;
  let pause = 1000;
  const experiment = model.experiment;
  if (document.visibilityState === "visible" && model.detail?.kind !== "cells" && streams.get("one")?.state === "open") {
    try {
      if (experiment && isOver(experiment)) {
        listing.say("The experiment is over: no port of it is looked at any more.");
        model.sockets = null;
        pause = 5000;
      } else {
        const sockets = await getJson(path(model.namespace, model.name, "/sockets"));
        if (model === followed) {
          model.look(sockets);
          listing.show(sockets, now());
        }
      }
    } catch (e) {
      if (model === followed) {
        model.sockets = null;
        if (e.status === 409) listing.say(e.message);
        else if (e.status) listing.say("The sockets could not be read: " + e.message + " That is not the same as there being none.");
      }
      pause = 2000;
    }
  } else if (!experiment || streams.get("one")?.state !== "open") {
    pause = 300;
  }
  if (model === followed) looking = setTimeout(lookAtSockets, pause);
}

// --- Time passes ---

const slow = matchMedia("(prefers-reduced-motion: reduce)");
let ticked = 0;
function tick() {
  if (document.visibilityState === "visible" && (!slow.matches || performance.now() - ticked > 950)) {
    ticked = performance.now();
    listing.tick(now());
    port.tick();
    showConnection();
  }
}
setInterval(tick, 200);

setText(byId("zone"), "Times: " + zone());
addEventListener("hashchange", choose);
listing.show(null, now());
all.open();
