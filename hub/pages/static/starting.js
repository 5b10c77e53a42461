/** The start page: shows how far the start is, and goes on by itself. */

const box = document.getElementById("starting");
const bar = document.getElementById("bar");
const message = document.getElementById("message");

/** Where in their own session the visitor wanted to go; the hub names the session. */
function target(session) {
  const next = new URLSearchParams(location.search).get("next") ?? "";
  const own = box.dataset.own;
  const start = [own, box.dataset.hub + own.slice(1)].find((path) => next.startsWith(path));
  const wanted = new URL(start ? next.slice(start.length).replace(/^\/+/, "./") : "", session);
  return wanted.origin === session.origin ? wanted : session;
}

/** Say why it did not start, and offer to try again. */
function fail(words) {
  const failed = document.getElementById("failed");
  failed.textContent = words;
  failed.hidden = false;
  document.getElementById("again").hidden = false;
  bar.hidden = message.hidden = true;
}

const events = new EventSource(box.dataset.progress);
events.addEventListener("message", (event) => {
  const step = JSON.parse(event.data);
  if (step.progress !== undefined) bar.value = step.progress;
  if (step.ready) {
    events.close();
    message.textContent = "Ready.";
    location.replace(target(new URL(step.url, location.href)));
  } else if (step.failed) {
    events.close();
    fail(step.message);
  } else if (step.progress > 0) {
    message.textContent = `${step.message} …`;
  }
});
// The hub answers an error when the start is over already; asking again shows where we are.
events.addEventListener("error", () => {
  if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 1000);
});
