// Parts of an incident's page that take a moment, and reports that are sent as they are to the API.

import { onPage } from "./pages.js";
import { ask, fill, Refused } from "./parts.js";

onPage((main) => {
  for (const part of main.querySelectorAll("[data-part^='/']")) fill(part, part.dataset.part);
});

/** What the API says of a call that it refuses. */
function told(text) {
  try {
    const problem = JSON.parse(text);
    return [problem.detail, problem.remedy].filter(Boolean).join(" ");
  } catch {
    return text.slice(0, 300);
  }
}

/** The form as the API takes it: the file, or the text that was pasted as one. */
function sent(form) {
  const data = new FormData();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value.trim() && name !== "text") data.append(name, value.trim());
  }
  const file = form.querySelector('input[type="file"]').files[0];
  const text = form.querySelector("[data-text]").value;
  if (file) data.append("file", file);
  else if (text.trim()) data.append("file", new Blob([text], { type: "text/plain" }), "pasted.txt");
  else return null;
  return data;
}

onPage((main) => {
  for (const form of main.querySelectorAll("form[data-report]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      const answer = form.querySelector("[data-answer]");
      const button = form.querySelector("button");
      const body = sent(form);
      answer.className = body ? "soft" : "fault";
      answer.textContent = body ? form.dataset.working : form.dataset.empty;
      if (!body) return;
      button.disabled = true;
      try {
        const made = await (await ask(form.getAttribute("action"), { method: "POST", body })).json();
        location.assign(`/console/incidents/${encodeURIComponent(made.incident)}`);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        answer.className = "fault";
        answer.lang = "en";
        answer.dir = "ltr";
        answer.textContent = told(error.html);
        button.disabled = false;
      }
    });
  }
});
