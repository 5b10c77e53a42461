/* Runs first in a page that is shown at an origin of its own: tells the dashboard's page around it where
   it is, that somebody does something, and when the keys lead out. In a window it does nothing. */

{
  const { home } = document.currentScript.dataset;
  document.currentScript.remove(); // the page finds itself as it was made

  /** The nearest page around a frame that is of another origin; null where there is none. */
  const outside = (frame) => {
    try {
      return frame.location.href && frame !== frame.parent ? outside(frame.parent) : null;
    } catch {
      return frame;
    }
  };
  const around = outside(window);
  const tell = (key) => {
    const { pathname, search, hash } = location;
    around.postMessage({ kind: "workshop.inside", path: pathname + search + hash, key }, home);
  };
  const press = (event) => {
    const out = event.key === "F6" && event.shiftKey;
    if (out) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    tell(out ? "out" : "any");
  };
  if (around) {
    for (const name of ["pushState", "replaceState"]) {
      const kept = History.prototype[name];
      History.prototype[name] = function (...all) {
        kept.apply(this, all);
        tell("");
      };
    }
    for (const name of ["pageshow", "popstate", "hashchange"]) addEventListener(name, () => tell(""));
    addEventListener("keydown", press, true);
    addEventListener("pointerdown", () => tell("any"), true);
  }
}
