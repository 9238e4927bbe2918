// Two time lines with one place on them: moved by a slider (and so by keys), or by a pointer on the drawing.

import { onPage } from "./pages.js";

function clock(time_s) {
  const tenths = Math.round(time_s * 10);
  const hours = Math.floor(tenths / 36000);
  const minutes = Math.floor(tenths / 600) % 60;
  const rest = tenths % 600;
  const end = `${String(Math.floor(rest / 10)).padStart(2, "0")}.${rest % 10}`;
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${end}` : `${minutes}:${end}`;
}

/** The reference's second that a second of the upload is, in one part. */
function within(part, at_s) {
  const length = part.to - part.from;
  const share = length > 0 ? (at_s - part.from) / length : 0;
  return part.at + share * (part.until - part.at);
}

onPage((main) => {
  for (const lines of main.querySelectorAll(".lines")) {
    const slider = lines.querySelector("input[type=range]");
    if (!slider) continue;
    const parts = JSON.parse(lines.dataset.parts);
    const place = lines.querySelector("[data-place]");
    const drawings = [...lines.querySelectorAll("svg[data-scrubs]")];
    const upload_s = Number(slider.max);
    const scale = 1000 / Math.max(upload_s, Number(slider.dataset.reference));

    const show = () => {
      const at_s = Number(slider.value);
      const found = new Map();
      for (const part of parts) {
        if (part.from <= at_s && at_s <= part.to && !found.has(part.sense)) found.set(part.sense, within(part, at_s));
      }
      const said = [...found].map(([sense, time_s]) =>
        lines.dataset.equal
          .replace("{upload}", clock(at_s))
          .replace("{reference}", clock(time_s))
          .replace("{sense}", lines.dataset[sense]),
      );
      place.textContent = said.join("; ") || lines.dataset.nothing.replace("{upload}", clock(at_s));
      slider.setAttribute("aria-valuetext", place.textContent);
      for (const drawing of drawings) {
        const x = at_s * scale;
        const below = found.get(drawing.classList.contains("sound") ? "sound" : "picture");
        const path = below === undefined ? `M${x},0V18` : `M${x},0V18L${below * scale},82V100`;
        drawing.querySelector("[data-cursor]").setAttribute("d", path);
      }
    };

    for (const drawing of drawings) {
      const move = (event) => {
        const box = drawing.getBoundingClientRect();
        const x = ((event.clientX - box.left) / box.width) * 1000;
        slider.value = String(Math.min(upload_s, Math.max(0, x / scale)));
        show();
      };
      drawing.addEventListener("pointerdown", (event) => {
        drawing.setPointerCapture(event.pointerId);
        move(event);
      });
      drawing.addEventListener("pointermove", (event) => event.buttons && move(event));
    }
    slider.addEventListener("input", show);
    slider.closest(".scrub").hidden = false;
    show();
  }
});
