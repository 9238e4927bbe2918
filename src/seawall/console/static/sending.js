// Files that become references: sent one after another to /v1, which streams them; a job is followed to its end.

const form = document.querySelector("#sending");
const list = document.querySelector(".sending");
const token = document.querySelector('meta[name="csrf"]').content;
const say = form.dataset;
const POLL_MS = 1000;

function line(name) {
  const item = document.createElement("li");
  const named = document.createElement("bdi");
  named.textContent = name;
  const said = document.createElement("span");
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", name);
  item.append(named, " · ", said, bar);
  list.append(item);
  return {
    say(text) { said.textContent = text; },
    lead(text, address) {
      const link = document.createElement("a");
      link.href = address;
      link.textContent = text;
      said.replaceChildren(link);
    },
    part(share) { bar.value = share; },
    end() { bar.remove(); },
  };
}

/** Send one file. XMLHttpRequest, for it tells how much has gone. */
function send(file, row) {
  const body = new FormData();
  for (const label of form.elements.file_labels.value.split("\n")) if (label.trim()) body.append("labels", label.trim());
  if (form.elements.file_note.value.trim()) body.append("note", form.elements.file_note.value.trim());
  if (form.elements.keep.checked) body.append("keep", "true");
  body.append("file", file);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", say.to);
    request.setRequestHeader("X-CSRF-Token", token);
    request.upload.addEventListener("progress", (event) => row.part(event.loaded / event.total));
    request.addEventListener("loadend", () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* no answer of ours */ }
      resolve({ status: request.status, answer });
    });
    request.send(body);
  });
}

const pause = () => new Promise((resolve) => setTimeout(resolve, POLL_MS));

async function follow(job, row) {
  row.lead(say.queued, `/console/jobs/${job}`);
  for (;;) {
    await pause();
    const answer = await fetch(`/v1/jobs/${job}`);
    if (!answer.ok) return row.say(`${say.failed} ${answer.status}`);
    const now = await answer.json();
    if (now.state === "done") return row.lead(say.added, `/console/references/${now.result.reference}`);
    if (now.state !== "waiting" && now.state !== "running") return row.say(`${say.failed} ${now.error?.message ?? now.state}`);
    if (now.state === "running") row.say(say.working);
  }
}

async function add(file, row) {
  row.say(say.sending);
  const { status, answer } = await send(file, row);
  if (status === 202) await follow(answer.job, row);
  else if (status === 201) row.lead(answer.already ? say.already : say.added, `/console/references/${answer.reference.id}`);
  else row.say(`${say.failed} ${answer.detail ?? status}`);
  row.end();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  const rows = [...form.elements.files.files].map((file) => [file, line(file.name)]);
  for (const [, row] of rows) row.say(say.waiting);
  for (const [file, row] of rows) await add(file, row);
  form.reset();
  button.disabled = false;
});
