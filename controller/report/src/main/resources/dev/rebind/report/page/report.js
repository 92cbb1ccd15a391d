"use strict";
// The page reads without this: it adds the filter, opens what a link points at, and opens what is printed.
document.documentElement.classList.remove("no-script");
const cycles = [...document.querySelectorAll("details.cycle")];
const cards = [...document.querySelectorAll("section.experiment")];
const text = cycles.map((cycle) => cycle.querySelector("summary").textContent.toLowerCase());
const field = (name) => document.getElementById("filter-" + name);

function filter() {
  const words = field("text").value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = ["verdict", "outcome", "cause"].map((name) => [name, field(name).value]);
  const filtering = words.length > 0 || wanted.some(([, value]) => value);
  let shown = 0;
  cycles.forEach((cycle, i) => {
    const name = cycle.dataset.experiment.toLowerCase();
    cycle.hidden = !(wanted.every(([name, value]) => !value || cycle.dataset[name] === value)
      && words.every((word) => text[i].includes(word) || name.includes(word)));
    shown += cycle.hidden ? 0 : 1;
  });
  for (const card of cards) {
    card.hidden = filtering && !card.querySelector("details.cycle:not([hidden])");
    const cells = card.querySelector("details.cells");
    if (cells && filtering) cells.open = true;
  }
  field("count").textContent = shown + " of " + cycles.length + " cycles";
}

function openAll(open) {
  for (const cycle of cycles) if (!cycle.hidden) cycle.open = open;
}

function openTarget() {
  const id = decodeURIComponent(location.hash.slice(1));
  const target = id && document.getElementById(id);
  for (let at = target; at; at = at.parentElement) if (at.localName === "details") at.open = true;
  if (target) target.scrollIntoView();
}

for (const name of ["text", "verdict", "outcome", "cause"]) field(name).addEventListener("input", filter);
field("open").addEventListener("click", () => openAll(true));
field("close").addEventListener("click", () => openAll(false));
addEventListener("hashchange", openTarget);
filter();
openTarget();
