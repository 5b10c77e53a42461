/* The search bar: finds text in the screen and in what scrolled off it. */

/** Loads the add-on and makes the bar work. */
export async function create({ given, find, screen }) {
  const { SearchAddon } = await import(given.search);
  const search = new SearchAddon();
  screen.term.loadAddon(search);
  const bar = find(".search");
  const words = bar.elements.words;
  const count = find(".search-count");
  const style = getComputedStyle(bar);
  const decorations = {
    matchBackground: style.getPropertyValue("--found").trim(),
    activeMatchBackground: style.getPropertyValue("--found-here").trim(),
    matchOverviewRuler: style.getPropertyValue("--found").trim(),
    activeMatchColorOverviewRuler: style.getPropertyValue("--found-here").trim(),
  };

  search.onDidChangeResults(({ resultIndex, resultCount }) => {
    count.textContent = !words.value ? "" : resultCount ? `${resultIndex + 1} of ${resultCount}` : "Nothing found";
  });
  words.addEventListener("input", look);
  bar.addEventListener("submit", (event) => {
    event.preventDefault();
    next(event.submitter?.value !== "down");
  });
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key !== "Enter" || event.target !== words) return;
    event.preventDefault();
    next(!event.shiftKey);
  });
  find(".search-close").addEventListener("click", close);

  function look() {
    search.findPrevious(words.value, { decorations, incremental: true });
  }

  function next(up) {
    if (up) search.findPrevious(words.value, { decorations });
    else search.findNext(words.value, { decorations });
  }

  function close() {
    bar.hidden = true;
    count.textContent = "";
    search.clearDecorations();
    screen.term.focus();
  }

  return { find: look };
}
