"use strict";
// The page reads without this: it adds the filter, builds what is behind a cycle when that is opened, and opens what a link points at.
document.documentElement.classList.remove("no-script");
const cycles = [...document.querySelectorAll("details.cycle")];
const cards = [...document.querySelectorAll("section.experiment")];
const packs = [...document.querySelectorAll("script.pack")];
const unpacked = new Map();
/** As many are opened together: more would keep the browser busy for long. */
const MOST_AT_ONCE = 200;
const field = (name) => document.getElementById("filter-" + name);

// --- What is behind a cycle, packed as Bodies.java says ---

async function unpack(pack) {
  const bytes = Uint8Array.from(atob(packs[pack].textContent), (char) => char.charCodeAt(0));
  const text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  return text.split("\u001e");
}

async function build(cycle) {
  const body = cycle.lastElementChild;
  const place = body.dataset.body;
  if (!place) return;
  delete body.dataset.body;
  const [pack, at] = place.split(".");
  try {
    if (!unpacked.has(pack)) unpacked.set(pack, unpack(pack));
    body.innerHTML = (await unpacked.get(pack))[at];
  } catch (e) {
    body.textContent = "This browser cannot unpack the details (" + e.message + "). They are in cycles.jsonl, which lies beside this page.";
  }
}

function open(cycle, wanted) {
  cycle.open = wanted;
  return wanted ? build(cycle) : null;
}

// The event does not rise: it is caught on its way down.
document.addEventListener("toggle", (event) => event.target.open && event.target.matches("details.cycle") && build(event.target), true);

// --- The filter ---

let texts = null;
function filter() {
  const words = field("text").value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = ["verdict", "outcome", "cause"].map((name) => [name, field(name).value]);
  const filtering = words.length > 0 || wanted.some(([, value]) => value);
  if (words.length > 0) texts ??= cycles.map((cycle) => (cycle.closest("section").dataset.name + " " + cycle.firstElementChild.textContent).toLowerCase());
  let shown = 0;
  cycles.forEach((cycle, i) => {
    const fits = wanted.every(([name, value]) => !value || cycle.dataset[name] === value) && words.every((word) => texts[i].includes(word));
    if (cycle.hidden === fits) cycle.hidden = !fits;
    shown += fits ? 1 : 0;
  });
  for (const card of cards) {
    card.hidden = filtering && !card.querySelector("details.cycle:not([hidden])");
    const cells = card.querySelector("details.cells");
    if (cells && filtering) cells.open = true;
  }
  const all = Number(field("count").dataset.all);
  field("count").textContent = shown === all ? shown + (all === 1 ? " cycle" : " cycles") : shown + " of " + all + " cycles";
}

function openAll() {
  const shown = cycles.filter((cycle) => !cycle.hidden);
  for (const cycle of shown.slice(0, MOST_AT_ONCE)) open(cycle, true);
  if (shown.length > MOST_AT_ONCE) field("count").textContent = `the first ${MOST_AT_ONCE} of ${shown.length} are open; filter for others`;
}

async function openTarget() {
  const id = decodeURIComponent(location.hash.slice(1));
  const target = id && document.getElementById(id);
  if (!target) return;
  for (let at = target; at; at = at.parentElement) {
    if (at.matches("details.cycle")) await open(at, true);
    else if (at.localName === "details") at.open = true;
  }
  target.scrollIntoView();
}

for (const name of ["text", "verdict", "outcome", "cause"]) field(name).addEventListener("input", filter);
field("open").addEventListener("click", openAll);
field("close").addEventListener("click", () => cycles.forEach((cycle) => open(cycle, false)));
addEventListener("hashchange", openTarget);
openTarget();
