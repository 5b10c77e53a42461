/* What was asked of the terminals and has not ended, kept in this tab so that a reload loses no mark. */

const { user, workshop } = document.documentElement.dataset;
const UNDERWAY = `workshop.underway/${user}/${workshop}`;

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(UNDERWAY)) ?? {};
  } catch {
    return {}; // storage is off, or holds something strange: nothing is under way
  }
}

const kept = read();

function write() {
  try {
    sessionStorage.setItem(UNDERWAY, JSON.stringify(kept));
  } catch {
    return; // storage is off or full: the marks last as long as the page
  }
}

/** What was under way when the page was left: {id, name, slug, block, key, result} each. */
export const left = () => Object.entries(kept).map(([id, run]) => ({ id, ...run }));

/** Keeps how a run stands. */
export function keepRun({ id, ...run }) {
  kept[id] = run;
  write();
}

/** Forgets a run that is over. */
export function dropRun(id) {
  delete kept[id];
  write();
}
