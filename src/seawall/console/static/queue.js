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

// How long ago something was, or in what time it is, as the page gets older.

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const writer = new Intl.RelativeTimeFormat(document.documentElement.lang);

function older() {
  for (const one of document.querySelectorAll("time[data-ago]")) {
    const left_s = (new Date(one.dateTime) - Date.now()) / 1000;
    const [unit, length_s] = UNITS.find(([, length]) => Math.abs(left_s) >= 1.2 * length) ?? UNITS.at(-1);
    one.textContent = writer.format(Math.round(left_s / length_s), unit);
  }
}

whileSeen(30_000, older);

const all = document.querySelector("#tick-all");
if (all) {
  const boxes = () => [...document.querySelectorAll('input[type="checkbox"][form="bulk"]')];
  all.hidden = false;
  all.addEventListener("click", () => {
    const every = boxes().every((one) => one.checked);
    for (const one of boxes()) one.checked = !every;
  });
}
