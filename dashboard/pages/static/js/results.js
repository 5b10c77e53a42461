/* Who wants to know what becomes of a text that a terminal was asked to run. */

const OVER = ["asking", "done", "failed", "unrun", "offline", "lost"];
const runs = new Map();

/** Whether a state is the last that is heard of a run. */
export const isLast = (state) => OVER.includes(state);

/** From now on `on` gets {state, status, seconds} whenever there is news of the run in that terminal. */
export function follow(name, id, on) {
  runs.set(id, { name, on });
}

/** The runs of a terminal that are not over; its view may have been loaded again since. */
export function pending(name) {
  return [...runs].filter(([, run]) => run.name === name).map(([id]) => id);
}

/** Hands on what a terminal says of a run. */
export function report({ id, state, status = null, seconds = null }) {
  const run = runs.get(id);
  if (isLast(state)) runs.delete(id);
  run?.on({ state, status, seconds });
}
