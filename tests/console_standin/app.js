/* The page, as far as it matters to a relay: what it asks for, from where, with which cookie. */

const { basePath } = window.SERVER_FLAGS;
const find = (id) => document.getElementById(id);
const kube = `${basePath}api/kubernetes/api/v1/namespaces`;
// The server compares with the first cookie of the name; the page sends the last.
const csrf = () => document.cookie.split("; ").filter((one) => one.startsWith("csrf-token=")).pop()?.slice(11);
const change = (url, options) => fetch(url, { ...options, headers: { "X-CSRFToken": csrf() } });
const socket = (path, protocols) => new WebSocket(`${location.origin.replace("http", "ws")}${path}`, protocols);

function show(name) {
  const line = document.createElement("li");
  line.textContent = name;
  find("pods").append(line);
}

async function list(namespace) {
  const answer = await fetch(`${kube}/${namespace}/pods`);
  const found = await answer.json();
  if (!answer.ok) return (find("state").textContent = `Restricted access: ${found.message}`);
  found.items.forEach(({ metadata }) => show(metadata.name));
  const watch = socket(`${kube}/${namespace}/pods?watch=true&resourceVersion=${found.metadata.resourceVersion}`);
  watch.onopen = () => (find("state").textContent = "Live");
  watch.onclose = () => (find("state").textContent = "Disconnected");
  watch.onmessage = ({ data }) => {
    const { type, object } = JSON.parse(data);
    if (type === "ADDED") show(object.metadata.name);
  };
  find("create").onclick = () => {
    const body = JSON.stringify({ metadata: { name: `made-${Date.now()}` } });
    change(`${kube}/${namespace}/pods`, { method: "POST", body });
  };
  find("terminal").onclick = () => {
    const shell = socket(`${kube}/${namespace}/pods/web/exec?stdin=1&stdout=1&tty=1&command=sh`, ["base64.channel.k8s.io"]);
    shell.onmessage = ({ data }) => (find("screen").textContent += atob(data.slice(1)));
    shell.onopen = () => shell.send(`0${btoa("id\n")}`);
  };
  return undefined;
}

async function main() {
  const workers = await navigator.serviceWorker?.getRegistrations();
  workers?.forEach((one) => one.unregister());
  localStorage.setItem("bridge/theme", "light");
  localStorage.setItem("console-user-settings", JSON.stringify({ lastNamespace: location.pathname }));
  const discovery = await fetch("/api/api-discovery");
  if (!discovery.ok) return;
  const kept = await change("/api/console/user-settings", { method: "POST" });
  if (!kept.ok) return;
  const [, namespace, kind] = location.pathname.slice(basePath.length).match(/^k8s\/ns\/([^/]+)\/([^/]+)/) ?? [];
  find("title").textContent = kind ? `${kind} in ${namespace}` : "All projects";
  find("state").textContent = "";
  if (kind) await list(namespace);
}

main();
