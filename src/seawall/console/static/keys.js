// Keys of a page, told by its markup: an element with data-key="n" is pressed by that key, and named by
// data-key-label, aria-label or its text. In an element with data-list, j and k go from line to line ([data-line]),
// and Enter opens the line's first link. ? shows all keys. Nothing is taken from somebody who types.

const dialog = document.querySelector("dialog.keys");
const lines = () => [...document.querySelectorAll("[data-list] > [data-line]")];
const here = () => document.querySelector('[data-list] > [aria-current="true"]');

const typing = (target) =>
  target.closest("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select, [contenteditable]");

const visible = (element) => element.checkVisibility() && !element.disabled;

function go(step) {
  const all = lines();
  if (!all.length) return;
  const at = all.indexOf(here());
  const next = all[Math.min(all.length - 1, Math.max(0, at + step))];
  here()?.removeAttribute("aria-current");
  next.setAttribute("aria-current", "true");
  const target = next.querySelector("a, button") ?? next;
  target.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

/** What a key presses: in the current line first, then on the page. */
function pressed(key) {
  const wanted = `[data-key="${CSS.escape(key)}"]`;
  const inLine = here() && [...here().querySelectorAll(wanted)].find(visible);
  return inLine || [...document.querySelectorAll(wanted)].find((one) => visible(one) && !one.closest("[data-line]"));
}

function show() {
  const list = dialog.querySelector("dl");
  const shown = new Map();
  if (lines().length) {
    shown.set("j", dialog.dataset.next).set("k", dialog.dataset.previous).set("Enter", dialog.dataset.open);
  }
  for (const one of document.querySelectorAll("[data-key]")) {
    if (visible(one) && !shown.has(one.dataset.key)) {
      shown.set(one.dataset.key, one.dataset.keyLabel || one.getAttribute("aria-label") || one.textContent.trim());
    }
  }
  list.replaceChildren();
  for (const [key, label] of shown) {
    const term = document.createElement("dt");
    const named = document.createElement("kbd");
    named.textContent = key;
    term.append(named);
    const said = document.createElement("dd");
    said.textContent = label;
    list.append(term, said);
  }
  dialog.querySelector("[data-none]").hidden = shown.size > 0;
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") {
    show();
  } else if (event.key === "j" && lines().length) {
    go(1);
  } else if (event.key === "k" && lines().length) {
    go(-1);
  } else {
    const found = pressed(event.key);
    if (!found) return;
    if (found.matches("input:not([type=checkbox], [type=radio]), textarea, select")) found.focus();
    else if (found.matches("summary")) {
      found.parentElement.open = true; // a key leads to a place; it does not close it again
      found.focus();
    }
    else found.click();
  }
  event.preventDefault();
});

document.addEventListener("click", (event) => event.target.closest?.("[data-keys-show]") && show());

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  else form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// The menu closes as menus do.
const opened = () => document.querySelector("details.more[open]");
document.addEventListener("click", (event) => {
  const menu = opened();
  if (menu && !menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = opened();
  if (event.key === "Escape" && menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
