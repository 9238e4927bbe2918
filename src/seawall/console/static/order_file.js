// The file of an order: sent to /v1, which reads it; the page then leads to what was read.

const form = document.querySelector("#order-file");
const token = document.querySelector('meta[name="csrf"]').content;
const said = document.querySelector("[data-order-said]");

/** A local time of the form's zone as one with its offset: the zone is the browser's where it is not another. */
function moment(local, zone) {
  const guess = Date.parse(`${local}Z`);
  const parts = (at) => {
    const shown = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).format(at);
    return Date.parse(`${shown.replace(" ", "T")}Z`);
  };
  let at = guess - (parts(guess) - guess);
  at -= parts(at) - guess;
  return new Date(at).toISOString();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  said.textContent = form.dataset.sending;
  const body = new FormData();
  try {
    body.append("received_at", moment(form.elements.file_received_at.value, form.elements.file_zone.value));
  } catch {
    said.textContent = form.dataset.failed;
    return;
  }
  body.append("zone", form.elements.file_zone.value);
  body.append("channel", "email");
  body.append("file", form.elements.order_file.files[0]);
  const answer = await fetch("/v1/orders/files", { method: "POST", headers: { "X-CSRF-Token": token }, body });
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) location.assign(`/console/order-files/${told.id}`);
  else said.textContent = `${form.dataset.failed} ${told.detail ?? ""}`;
});
