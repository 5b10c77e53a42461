/* Runs first in the console's pages at an origin of their own: tells the dashboard's page around them
   where they are, that somebody does something, and when the keys lead out. */

{
  const { home } = document.currentScript.dataset;
  const tell = (key) => {
    const { pathname, search, hash } = location;
    parent.postMessage({ kind: "workshop.inside", path: pathname + search + hash, key }, home);
  };
  if (parent !== window) {
    for (const name of ["pushState", "replaceState"]) {
      const kept = History.prototype[name];
      History.prototype[name] = function (...all) {
        kept.apply(this, all);
        tell("");
      };
    }
    for (const name of ["pageshow", "popstate", "hashchange"]) addEventListener(name, () => tell(""));
    addEventListener("keydown", ({ key, shiftKey }) => tell(key === "F6" && shiftKey ? "out" : "any"), true);
    addEventListener("pointerdown", () => tell("any"), true);
  }
}
