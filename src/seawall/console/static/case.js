// The page of a case: the lease is kept while somebody looks, time runs on what goes out soon, Ctrl+Enter decides.

import { Refused, ask, fill, whileSeen } from "./parts.js";

const RENEWED_MS = 60_000;

// Who has the case

const lease = document.querySelector("[data-lease]");
if (lease?.hasAttribute("data-mine")) {
  const renew = async () => {
    let said;
    try {
      said = await (await ask(lease.dataset.lease, { method: "POST" })).text();
    } catch (error) {
      if (!(error instanceof Refused)) return; // the network is away: the next minute tries again
      said = error.html;
    }
    lease.innerHTML = said;
    if (!lease.querySelector("[data-lost]")) return;
    for (const form of document.querySelectorAll("[data-ctrl-enter]")) {
      form.setAttribute("data-lost", "");
      for (const button of form.querySelectorAll("button:not([type=button])")) button.disabled = true;
    }
  };
  whileSeen(RENEWED_MS, renew);
}

// What goes out soon

const soon = document.querySelector("[data-soon]");
function count() {
  let over = false;
  for (const one of soon.querySelectorAll("[data-out]")) {
    const left = Math.ceil((new Date(one.dataset.out) - Date.now()) / 1000);
    const place = one.querySelector("[data-left]");
    if (left > 0) place.textContent = place.dataset.template.replace("{s}", left);
    else over = true;
  }
  return over;
}
if (soon?.querySelector("[data-out]")) {
  const tick = setInterval(async () => {
    if (!count()) return;
    await fill(soon, soon.dataset.soon);
    if (!soon.querySelector("[data-out]")) clearInterval(tick);
  }, 1000);
  count();
}

// The form

for (const form of document.querySelectorAll("[data-ctrl-enter]")) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    const button = form.querySelector("button.chief");
    if (!button.disabled) form.requestSubmit(button);
  });
}
for (const used of document.querySelectorAll(".used")) used.hidden = false;
for (const one of document.querySelectorAll("[data-ground]")) {
  one.addEventListener("click", () => {
    const form = one.closest("form");
    form.elements["ground-kind-0"].value = one.dataset.kind;
    form.elements["ground-source-0"].value = one.dataset.source;
    form.elements["ground-words-0"].value = one.dataset.words;
    form.elements["ground-words-0"].focus();
  });
}
document.querySelector("#faults")?.scrollIntoView({ block: "nearest" });
