// What there is to look at of an item: all of it on request, all of it covered again.
// The server decides what is shown, and puts it on record before it sends it; nothing here is a protection.

import { ask, fill, Refused } from "./parts.js";

const PART = 1 / 3; // of a frame's sides, at a time
const STEP = 0.08; // by which an arrow key moves the part
const POLL_MS = 1500;
const VOLUME = 0.2;

const put = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const shortly = (seconds) => (Math.round(seconds * 10) / 10).toString();
const within = (value, most) => Math.min(Math.max(value, 0), most);

for (const section of document.querySelectorAll("[data-viewing]")) {
  section.querySelector("[data-open]").addEventListener("click", async (event) => {
    const part = section.querySelector("[data-part]");
    await fill(part, section.dataset.viewing);
    event.target.hidden = true;
    const looking = part.querySelector("[data-looking]");
    if (looking) new Looking(looking, part);
  });
}

class Looking {
  constructor(root, part) {
    this.root = root;
    this.part = part;
    this.said = root.dataset;
    this.find("[data-board]").addEventListener("click", () => this.tried(() => this.lay()));
    this.find("[data-peaks]")?.addEventListener("click", () => this.tried(() => this.outline()));
    for (const button of root.querySelectorAll("[data-proxy]")) {
      button.addEventListener("click", () => this.tried(() => this.proxy(button.dataset.proxy)));
    }
    this.find("[data-next]")?.addEventListener("click", () => this.tried(() => this.next()));
    this.find("[data-cover]")?.addEventListener("change", () => this.coverAll());
  }

  find(wanted) {
    return this.root.querySelector(wanted);
  }

  say(text) {
    this.find("[data-status]").textContent = text;
  }

  /** Do something; what the server refuses is said in its words. */
  async tried(work) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.say(told(error));
      return undefined;
    }
  }

  send(path, body) {
    const options = { method: "POST" };
    if (body) {
      options.body = JSON.stringify(body);
      options.headers = { "Content-Type": "application/json" };
    }
    return ask(this.said.here + path, options);
  }

  /** The answer once it is there: a job is waited for, and asked after again. */
  async made(path, body, waiting) {
    for (;;) {
      const answer = await (await this.send(path, body)).json();
      if (!answer.job) return answer;
      this.say(waiting);
      for (;;) {
        await new Promise((done) => setTimeout(done, POLL_MS));
        const job = await (await ask(`/v1/jobs/${answer.job}`)).json();
        if (job.state === "done") break;
        if (["failed", "parked", "cancelled"].includes(job.state)) {
          this.say(job.error?.message ?? this.said.failed);
          return undefined;
        }
      }
      this.say("");
    }
  }

  why() {
    const words = this.find("[data-words]").value.trim();
    return words ? { reason: this.find("[data-reason]").value, words } : null;
  }

  /** The reason, which has to be given. */
  whyNeeded() {
    const why = this.why();
    if (!why) {
      this.say(this.said.missing);
      this.find("[data-words]").focus();
    }
    return why;
  }

  async lay() {
    const board = await this.made("/storyboard", null, this.said.waiting);
    if (!board) return;
    const list = this.find("[data-frames]");
    const known = this.find("[data-known]");
    const unknown = board.frames.filter((frame) => frame.unmatched);
    // Of a content that is known in part, what is known is offered only on request.
    const first = unknown.length ? unknown : board.frames;
    list.replaceChildren(...first.map((frame) => this.line(board.id, frame)));
    const rest = board.frames.filter((frame) => !first.includes(frame));
    known.querySelector("ul").replaceChildren(...rest.map((frame) => this.line(board.id, frame)));
    known.hidden = !rest.length;
    if (!board.frames.length) this.say(this.said.none);
    this.find("[data-board]").hidden = true;
    list.querySelector("button")?.focus();
  }

  line(board, frame) {
    const line = document.createElement("li");
    if (frame.unmatched) line.className = "new";
    const at = put(this.said.own, { at: shortly(frame.time_s) });
    line.append(...this.picture(board, frame, false, frame.unmatched ? `${at}, ${this.said.new}` : at));
    if (frame.beside_s !== null) {
      line.append(...this.picture(board, frame, true, put(this.said.beside, { at: shortly(frame.beside_s) })));
    }
    return line;
  }

  picture(board, frame, beside, label) {
    const caption = document.createElement("span");
    caption.textContent = label;
    return [new Cover(this, board, frame, beside, label).button, caption];
  }

  coverAll() {
    for (const one of Cover.open) one.cover();
  }

  /** After something was shown: whether it is time for a break. */
  async rest() {
    await fill(this.part.querySelector("[data-break]"), "/console/exposure/break");
  }

  async outline() {
    const { peaks } = await (await ask(this.said.here + "/peaks")).json();
    const place = this.find("[data-outline]");
    if (!peaks.length) {
      place.textContent = this.said.noPeaks;
      return;
    }
    const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const made = { class: "outline", viewBox: `0 0 ${peaks.length} 100`, preserveAspectRatio: "none", role: "img" };
    for (const [name, value] of Object.entries({ ...made, "aria-label": place.dataset.label })) {
      drawn.setAttribute(name, value);
    }
    for (const [at, peak] of peaks.entries()) {
      const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [name, value] of Object.entries({ x: at, y: 50 - peak / 2, width: 0.8, height: Math.max(1, peak) })) {
        bar.setAttribute(name, value);
      }
      drawn.append(bar);
    }
    place.replaceChildren(drawn);
  }

  async proxy(medium) {
    const why = this.whyNeeded();
    if (!why) return;
    if (medium === "sound" && !this.find("[data-outline]").hasChildNodes()) await this.outline();
    const cover = this.find("[data-colours]")?.value ?? "plain";
    const wanted = { ...why, medium, cover: medium === "video" ? cover : "plain", whole: this.find("[data-whole]").checked };
    const proxy = await this.made("/proxy", wanted, this.said.making);
    if (!proxy) return;
    this.say(proxy.pieces.length ? "" : this.said.none);
    this.playing = { proxy, why, medium, number: 0 };
    this.find("[data-player]").hidden = !proxy.pieces.length;
    this.find("[data-next]").focus();
  }

  /** The next piece, and no other: each is asked for. */
  async next() {
    const { proxy, why, medium } = this.playing;
    const piece = proxy.pieces[this.playing.number];
    if (!piece) return;
    this.playing.number += 1;
    const path = `/proxy/${proxy.id}/${piece.number}`;
    const data = await (await this.send(path, why)).blob();
    seen(medium === "sound" ? "sound" : "full");
    const place = this.find(medium === "sound" ? "[data-audio]" : "[data-video]");
    this.find(medium === "sound" ? "[data-video]" : "[data-audio]").hidden = true;
    if (place.src) URL.revokeObjectURL(place.src);
    else {
      place.volume = VOLUME;
      place.muted = true;
    }
    place.hidden = false;
    place.src = URL.createObjectURL(data);
    this.find("[data-next]").hidden = this.playing.number >= proxy.pieces.length;
    this.find("[data-piece-said]").textContent = put(this.said.piece, {
      start: shortly(piece.start_s),
      end: shortly(piece.end_s),
    });
    await place.play();
    await this.rest();
  }
}

/** One covered frame, of which a part can be shown for some seconds. */
class Cover {
  static open = new Set();

  constructor(looking, board, frame, beside, label) {
    this.looking = looking;
    this.asked = { board, frame: frame.number, beside };
    this.label = label;
    this.at = { x: (1 - PART) / 2, y: (1 - PART) / 2 };
    this.canvas = document.createElement("canvas");
    const share = Math.min(1, 320 / Math.max(frame.width_px, frame.height_px));
    this.canvas.width = Math.max(1, Math.round(frame.width_px * share));
    this.canvas.height = Math.max(1, Math.round(frame.height_px * share));
    this.mark = document.createElement("span");
    this.mark.className = "mark";
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "frame";
    this.button.append(this.canvas, this.mark);
    this.button.disabled = !looking.said.held;
    this.named(looking.said.covered);
    this.place();
    this.listen();
  }

  listen() {
    this.button.addEventListener("keydown", (event) => this.key(event));
    this.button.addEventListener("click", (event) => {
      this.pointed = event.detail > 0;
      if (this.pointed) this.point(event);
      this.button.focus(); // not every browser does that by itself
      this.looking.tried(() => this.reveal());
    });
    // What was asked for by key stays when the page moves below a pointer that rests.
    this.button.addEventListener("pointerleave", () => this.pointed && this.cover());
    this.button.addEventListener("blur", () => this.cover());
  }

  named(state) {
    this.button.setAttribute("aria-label", `${this.label}, ${state}. ${this.looking.said.keys}`);
  }

  get side() {
    return this.looking.find("[data-size]")?.value === "whole" ? 1 : PART;
  }

  key(event) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key === "Escape") this.cover();
    else if (moves[event.key]) {
      this.cover();
      const [x, y] = moves[event.key];
      this.move(this.at.x + x * STEP, this.at.y + y * STEP);
    } else return;
    event.preventDefault();
  }

  point(event) {
    const box = this.canvas.getBoundingClientRect();
    this.move((event.clientX - box.left) / box.width - PART / 2, (event.clientY - box.top) / box.height - PART / 2);
  }

  move(x, y) {
    this.at = { x: within(x, 1 - PART), y: within(y, 1 - PART) };
    this.place();
  }

  get region() {
    const side = this.side;
    return side === 1 ? { x: 0, y: 0, width: 1, height: 1 } : { ...this.at, width: side, height: side };
  }

  place() {
    const { x, y, width, height } = this.region;
    const percent = (share) => `${share * 100}%`;
    Object.assign(this.mark.style, { left: percent(x), top: percent(y), width: percent(width), height: percent(height) });
  }

  async reveal() {
    this.cover();
    this.place();
    const { looking, region } = this;
    const full = looking.find("[data-full]").checked;
    const cover = looking.find("[data-cover]").value;
    const turn = (this.turn = {});
    const answer = await looking.send("/reveal", { ...this.asked, region, cover, full, why: looking.why() });
    const picture = await createImageBitmap(await answer.blob());
    looking.say("");
    if (!this.asked.beside) seen(cover === "plain" ? "stills" : "stills_reduced");
    // Who has left meanwhile, or looks elsewhere, is not shown it any more.
    if (this.turn !== turn || document.activeElement !== this.button) return;
    this.draw(picture, region);
    this.timer = setTimeout(() => this.cover(), Number(looking.said.coverS) * 1000);
    await looking.rest();
  }

  draw(picture, { x, y, width, height }) {
    // As large as the picture came: a larger one is not made small again.
    const scale = Math.max(1, picture.width / (this.canvas.width * width));
    if (scale > 1) {
      this.before = [this.canvas.width, this.canvas.height];
      this.canvas.width = Math.round(this.canvas.width * scale);
      this.canvas.height = Math.round(this.canvas.height * scale);
    }
    const { width: columns, height: rows } = this.canvas;
    this.canvas.getContext("2d").drawImage(picture, x * columns, y * rows, width * columns, height * rows);
    picture.close();
    this.button.classList.add("revealed");
    this.named(this.looking.said.revealed);
    this.looking.say(this.looking.said.revealed);
    Cover.open.add(this);
  }

  cover() {
    clearTimeout(this.timer);
    this.turn = null;
    if (!Cover.open.delete(this)) return;
    if (this.before) [this.canvas.width, this.canvas.height] = this.before;
    else this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.before = null;
    this.button.classList.remove("revealed");
    this.named(this.looking.said.covered);
    this.looking.say("");
  }
}

/** The form of the decision states what was seen, as the server has it on record. */
function seen(view) {
  const box = document.querySelector(`#at-views input[value="${view}"]`);
  if (box) box.checked = true;
}

function told(error) {
  try {
    const problem = JSON.parse(error.html);
    return [problem.detail, problem.remedy].filter(Boolean).join(" ");
  } catch {
    return error.message;
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") for (const one of Cover.open) one.cover();
});
