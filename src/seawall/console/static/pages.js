// Pages that take each other's place in one document, as loading one anew takes longer than asking for it does.
// A link or a form with data-inplace leads to one: what it leads to is asked for here, and the page's <main> is put in
// the place of the last. A page takes part by loading this module; what is no such page, or is for somebody else, in
// another language or of another version of Seawall, is loaded as any page is. Nothing is asked for before it is wanted.

import "./keys.js"; // whose listeners come first: a form that was sent is not sent again

const OURS = 'script[src$="/pages.js"]';
const SHEET = 'link[rel="stylesheet"]';

const begins = [];
let left = new AbortController(); // aborted when the page that is shown leaves
let asking = new AbortController();

const place = () => location.pathname + location.search;
let shown = place();

// Outside of what is exchanged, so that it is read out.
const announced = document.createElement("div");
announced.className = "hidden";
announced.setAttribute("aria-live", "polite");
document.body.append(announced);

/** Call begin(main, left) for the page that is shown, and for each that takes its place. left: a signal, when it goes. */
export function onPage(begin) {
  begins.push(begin);
  begin(document.querySelector("main"), left.signal);
}

/** Whether a page can take the place of this one: by the same modules, for the same person, read the same way. */
function fits(next) {
  const ours = next.querySelector(OURS);
  if (!ours || new URL(ours.getAttribute("src"), location).href !== import.meta.url) return false;
  const [token, other] = [document, next].map((one) => one.querySelector('meta[name="csrf"]')?.content);
  const root = document.documentElement;
  const alike = (name) => root.getAttribute(name) === next.documentElement.getAttribute(name);
  return token === other && ["lang", "dir", "data-theme"].every(alike);
}

/** Have the sheets of a page in its order; what is called when it is shown puts those of others to rest. */
async function dressed(next) {
  const addresses = [...next.querySelectorAll(SHEET)].map((one) => one.getAttribute("href"));
  const coming = [];
  let last;
  for (const address of addresses) {
    let link = [...document.querySelectorAll(SHEET)].find((one) => one.getAttribute("href") === address);
    if (!link) {
      link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address });
      coming.push(new Promise((done) => (link.onload = link.onerror = done)));
      last.after(link); // the first of all pages is one sheet
    }
    last = link;
  }
  await Promise.all(coming);
  return () => {
    for (const one of document.querySelectorAll(SHEET)) {
      if (one.sheet) one.sheet.disabled = !addresses.includes(one.getAttribute("href"));
    }
  };
}

/** The modules of a page that are not there yet. */
function missing(next) {
  const there = new Set([...document.querySelectorAll("script[src]")].map((one) => one.src));
  return [...next.querySelectorAll("script[src]")].filter((one) => !there.has(one.src));
}

/** Append an element to the head; when it is loaded, or cannot be. */
function headed(kind, properties) {
  return new Promise((done) => {
    document.head.append(Object.assign(document.createElement(kind), properties, { onload: done, onerror: done }));
  });
}

/** Have the code of a page's modules at hand: a key that is pressed once it is shown is to find them at work. */
const fetched = (next) => Promise.all(missing(next).map(({ src }) => headed("link", { rel: "modulepreload", href: src })));

/** Load a page's modules; each begins with what is shown by then, which is busy until they have. */
async function equip(next, main) {
  const wanted = missing(next);
  if (!wanted.length) return;
  main.setAttribute("aria-busy", "true");
  await Promise.all(wanted.map(({ type, src }) => headed("script", { type, src })));
  main.removeAttribute("aria-busy");
}

function exchange(next) {
  left.abort();
  left = new AbortController();
  document.title = next.title;
  document.querySelector("header").replaceWith(next.querySelector("header"));
  const main = next.querySelector("main");
  document.querySelector("main").replaceWith(main);
  shown = place();
  equip(next, main);
  for (const begin of begins) begin(main, left.signal);
  announced.textContent = [document.title, main.querySelector(".said")?.textContent.trim()].filter(Boolean).join(". ");
  main.focus({ preventScroll: true });
}

/**
 * Ask for a page and show it. instead: is called with the answer, if there is one, where that cannot be. arrive: is told
 * the address just before, and says how far down the page is to be seen from.
 */
async function go(address, options, instead, arrive) {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  try {
    const answer = await fetch(address, { ...options, signal });
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok || !fits(next)) return instead(answer);
    const [dress] = await Promise.all([dressed(next), fetched(next)]);
    if (signal.aborted) return;
    const y = arrive(answer.url);
    dress();
    exchange(next);
    scrollTo(0, y);
  } catch (error) {
    if (!signal.aborted) instead();
  }
}

/** Behind what is shown, which is to be found again as it was left; from its top. */
function behind(address) {
  history.replaceState({ y: scrollY }, "");
  history.pushState(null, "", address);
  return 0;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-inplace]");
  if (!link || event.defaultPrevented || event.button) return;
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(link.href, {}, () => location.assign(link.href), behind);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-inplace]") || event.defaultPrevented) return;
  event.preventDefault();
  const options = { method: "POST", body: new URLSearchParams(new FormData(form, event.submitter)) };
  go(form.action, options, (answer) => {
    if (!answer) location.reload(); // it may have been done: it is not sent again unasked
    else if (answer.redirected) location.assign(answer.url);
    else form.submit(); // it was refused, and is once more where all of that can be read
  }, behind);
});

window.addEventListener("popstate", (event) => {
  asking.abort();
  if (place() === shown) return; // another part of the page that is shown
  const y = event.state?.y ?? 0;
  go(location.href, {}, () => location.reload(), () => y);
});
