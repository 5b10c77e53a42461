/* Goes on to the program: the ticket is in the form's body, and so in no address. Where the program is
   in a frame and says so, its place becomes ours, which reload and open-in-window go by, and its keys
   and those of frames in it are passed on to the dashboard's page around us. */

const [form] = document.forms;
const { base } = form.dataset;
form.elements.fragment.value = location.hash;
const there = new URL(form.action).origin;
const view = document.querySelector("iframe");
const program = view.contentWindow;

addEventListener("message", ({ source, origin, data }) => {
  if (origin !== there || data?.kind !== "workshop.inside") return;
  const place = new URL(base + String(data.path).slice(1), location.href);
  if (source === program && place.pathname.startsWith(base)) history.replaceState(null, "", place);
  if (data.key === "out") dispatchEvent(new KeyboardEvent("keydown", { key: "F6", shiftKey: true }));
  else if (data.key) dispatchEvent(new Event("pointerdown"));
});
if (parent === window) view.remove();
else form.target = view.name;

/* A router may take seconds to serve a new host, and this page is loaded again until it does, or for
   long enough. The form goes before the page is loaded: later it would be one more in the history. */
const tries = history.state?.tries ?? 0;
const ours = document.createElement("link");
Object.assign(ours, { rel: "stylesheet", crossOrigin: "anonymous" });
ours.href = `${there}/.workshop/gateway.css?${Date.now()}`;
ours.onload = () => form.submit();
ours.onerror = () => {
  if (tries >= 30) return form.submit();
  history.replaceState({ tries: tries + 1 }, "");
  setTimeout(() => location.reload(), 400);
};
document.head.append(ours);
