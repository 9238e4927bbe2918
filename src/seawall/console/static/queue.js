// The queue: counts that keep up with what others do, and a button that ticks all lines that can be decided at once.

import { fill, whileSeen } from "./parts.js";

const EVERY_MS = 5000;
const counts = document.querySelector("#counts");

async function renew() {
  // What somebody is about to press stays where it is.
  if (counts.contains(document.activeElement)) return;
  try {
    await fill(counts, counts.dataset.address);
  } catch {
    // The server cannot be reached: the last counts stand, and it is asked again.
  }
}

whileSeen(EVERY_MS, renew);

const all = document.querySelector("#tick-all");
if (all) {
  const boxes = () => [...document.querySelectorAll('input[type="checkbox"][form="bulk"]')];
  all.hidden = false;
  all.addEventListener("click", () => {
    const every = boxes().every((one) => one.checked);
    for (const one of boxes()) one.checked = !every;
  });
}
