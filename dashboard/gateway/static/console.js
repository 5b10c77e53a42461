/* Runs first in the OpenShift console: keeps what it asks for and what it keeps below its own path,
   and away from the workers of others. */

{
  const { base } = document.currentScript.dataset;
  const { fetch, Storage } = window;
  window.fetch = (what, ...rest) => fetch(typeof what === "string" && what.startsWith("/api/") ? base + what.slice(1) : what, ...rest);

  // Its own names carry no user: on one origin two people would open each other's last project.
  const own = (name) => (/^(console-user-settings$|bridge\/)/.test(name) ? `${base}${name}` : name);
  for (const act of ["getItem", "setItem", "removeItem"]) {
    const kept = Storage.prototype[act];
    Storage.prototype[act] = function (name, ...rest) {
      return kept.call(this, own(name), ...rest);
    };
  }
  if (window.ServiceWorkerContainer) window.ServiceWorkerContainer.prototype.getRegistrations = async () => [];
}
