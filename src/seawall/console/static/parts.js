// Parts of pages that are asked for when they are wanted, and changes that are sent without leaving the page.

const token = () => document.querySelector('meta[name="csrf"]')?.content ?? "";

/** What the server answers; a refusal is thrown with its page part as text. */
export async function ask(address, options = {}) {
  const headers = { "X-Seawall-Part": "1", ...(options.headers ?? {}) };
  if (options.method && options.method !== "GET") headers["X-CSRF-Token"] = token();
  const answer = await fetch(address, { credentials: "same-origin", ...options, headers });
  if (!answer.ok) throw new Refused(answer.status, await answer.text());
  return answer;
}

/** The server has said no. `html` is its own part of a page, already escaped. */
export class Refused extends Error {
  constructor(status, html) {
    super(`refused with ${status}`);
    this.status = status;
    this.html = html;
  }
}

/** Put a part from the server in the place of what an element holds. */
export async function fill(element, address, options = {}) {
  element.setAttribute("aria-busy", "true");
  try {
    element.innerHTML = await (await ask(address, options)).text();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    element.innerHTML = error.html;
  } finally {
    element.removeAttribute("aria-busy");
  }
}

/** Call something every so many milliseconds while the page is looked at, until it leaves; also at once when it is again. */
export function whileSeen(every_ms, call, left) {
  let timer;
  const start = () => {
    clearInterval(timer);
    if (document.visibilityState === "visible") timer = setInterval(call, every_ms);
  };
  const again = () => {
    start();
    if (document.visibilityState === "visible") call();
  };
  document.addEventListener("visibilitychange", again, { signal: left });
  left.addEventListener("abort", () => clearInterval(timer));
  start();
}
