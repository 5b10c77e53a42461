"""A seat: a page in Chromium with a terminal in it, whichever product serves it."""

from dataclasses import dataclass

from playwright.sync_api import Browser, Frame, Page

#: Runs in the frame of the terminal. `term` is its xterm.js Terminal. The same script for both.
PROBE = """
(term) => {
  const buffer = () => term.buffer.active;
  const line = (y) => buffer().getLine(y)?.translateToString(true) ?? "";
  const cursorLine = () => line(buffer().baseY + buffer().cursorY);
  const afterFrame = (then) => requestAnimationFrame(() => then(performance.now()));
  window.probe = {
    prompted: () => /[$#%>] ?$/.test(cursorLine()),
    lineAbove: () => line(buffer().baseY + buffer().cursorY - 1),
    /* milliseconds from the next Enter until a frame has shown `last` above the prompt */
    untilLast: (last) => new Promise((resolve) => {
      let start, left = false;
      addEventListener("keydown", (event) => {
        if (event.key === "Enter") start = event.timeStamp;
      }, { capture: true, once: true });
      /* Enter's own line end: from here on the line above is no longer the one before. */
      const fed = term.onLineFeed(() => {
        if (start === undefined) return;
        left = true;
        fed.dispose();
      });
      const seen = term.onRender(() => {
        if (!left || window.probe.lineAbove() !== last) return;
        seen.dispose();
        afterFrame((now) => resolve(now - start));
      });
    }),
    /* milliseconds from each of the next `count` key events to the frame with its echo */
    keys: (count) => new Promise((resolve) => {
      const times = [];
      let start, column;
      addEventListener("keydown", (event) => {
        [start, column] = [event.timeStamp, buffer().cursorX];
      }, { capture: true });
      term.onRender(() => {
        if (start === undefined || buffer().cursorX === column) return;
        const pressed = start;
        start = undefined;
        afterFrame((now) => {
          times.push(now - pressed);
          window.probe.echoed = times.length;
          if (times.length === count) resolve(times);
        });
      });
    }),
  };
}
"""


@dataclass(frozen=True)
class Seat:
    """A logged-in page, the frame of its terminal, and the expression of its xterm.js object."""

    page: Page
    frame: Frame
    term: str

    def probe(self) -> None:
        """Install the probe in the terminal's frame."""
        self.frame.evaluate(f"({PROBE})({self.term})")

    def focus(self) -> None:
        """Put the keyboard into the terminal."""
        self.frame.evaluate(f"{self.term}.focus()")

    def prompted(self) -> None:
        """Wait until the terminal shows a prompt."""
        self.frame.wait_for_function("() => window.probe.prompted()", timeout=60_000, polling="raf")


LAB_TERM = "window.labTerminal.content._term"


def log_into_lab(browser: Browser, url: str, name: str) -> Page:
    """A page at JupyterHub's login form, filled in; submitting is the caller's."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(f"{url}/hub/login")
    page.fill("#username_input", name)
    page.fill("#password_input", "any")
    return page


def sit_at_lab(page: Page) -> Seat:
    """Wait for JupyterLab, have it open a terminal by its own command, wait for the prompt."""
    page.wait_for_url("**/lab**", timeout=120_000)
    page.wait_for_function(
        "() => window.jupyterapp?.commands.hasCommand('terminal:create-new')",
        timeout=120_000,
        polling=20,
    )
    page.evaluate(
        """async () => {
          await window.jupyterapp.restored;
          window.labTerminal = await window.jupyterapp.commands.execute("terminal:create-new");
        }"""
    )
    page.wait_for_function(f"() => {LAB_TERM.replace('.', '?.')}", timeout=120_000, polling=20)
    seat = Seat(page, page.main_frame, LAB_TERM)
    seat.probe()
    seat.prompted()
    return seat
