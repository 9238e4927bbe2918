// A file that is searched: sent to the server, which answers with what it found as a part of the page.
import { fill } from "./parts.js";

const form = document.querySelector("#by-file-form");
const context = document.querySelector("#context");
const found = document.querySelector("#found");
const record = form.elements.record;

const open = () => { context.disabled = context.hidden = !record.checked; };
record.addEventListener("change", open);
open();

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  found.replaceChildren(Object.assign(document.createElement("p"), { textContent: form.dataset.working, className: "hint" }));
  try {
    await fill(found, form.dataset.to, { method: "POST", body: new FormData(form) });
  } finally {
    button.disabled = false;
  }
  found.setAttribute("tabindex", "-1");
  found.focus();
});
