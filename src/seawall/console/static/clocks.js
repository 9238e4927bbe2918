// Clocks that tick. The server has said what is left; this only counts on, by the server's time.
// An element with data-clock="down" has data-due and data-length in milliseconds, and data-left and data-late as
// sentences with {span}. In it, [data-words] holds the words, and progress the share that has passed.

import { onPage } from "./pages.js";
import { whileSeen } from "./parts.js";

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const language = document.documentElement.lang;
const writers = new Map(
  UNITS.map(([unit]) => [unit, new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" })]),
);

/** A time span in its two largest units. */
function span(seconds) {
  let left = Math.floor(Math.abs(seconds));
  const parts = [];
  for (const [unit, unit_s] of UNITS) {
    const count = Math.floor(left / unit_s);
    left -= count * unit_s;
    if (count || parts.length || unit === "second") parts.push(writers.get(unit).format(count));
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

function tick(clocks, ahead_ms, status) {
  const now_ms = Date.now() + ahead_ms;
  for (const clock of clocks) {
    const left_ms = Number(clock.dataset.due) - now_ms;
    const late = left_ms < 0;
    const words = clock.querySelector("[data-words]");
    words.textContent = (late ? clock.dataset.late : clock.dataset.left).replace("{span}", span(left_ms / 1000));
    const bar = clock.querySelector("progress");
    bar.value = Math.min(1, Math.max(0, 1 - left_ms / Number(clock.dataset.length)));
    if (late && clock.dataset.bound === "before" && !clock.classList.contains("bad")) {
      clock.classList.remove("good", "warn");
      clock.classList.add("bad");
      if (status) status.textContent = `${clock.dataset.name}: ${words.textContent}`;
    }
  }
}

onPage((main, left) => {
  const clocks = [...main.querySelectorAll("[data-clock='down']")];
  if (!clocks.length) return;
  const ahead_ms = Number(clocks[0].dataset.now) - Date.now();
  const status = main.querySelector("[data-clock-status]");
  whileSeen(1000, () => tick(clocks, ahead_ms, status), left);
});
