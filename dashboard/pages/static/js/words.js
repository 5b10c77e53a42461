/* What the mark at a block says. */

const TONES = { done: "good", failed: "bad", unrun: "bad", offline: "bad" };

/** Whether a state is good news, bad news or none. */
export function tone(state, kind) {
  return (state === "sent" && kind === "interrupt" ? "good" : TONES[state]) ?? "";
}

function duration(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds >= 60) return ` in ${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return ` in ${seconds >= 10 ? Math.round(seconds) : Math.max(seconds, 0.1).toFixed(1)} s`;
}

/** Says in words how a command stands. */
export function words({ state, status, seconds }, terminal, kind) {
  if (state === "sent") return kind === "interrupt" ? "✓ interrupted" : "sent …";
  if (state === "waiting") return `waiting for terminal ${terminal} …`;
  if (state === "running") return "running …";
  if (state === "done") return `✓ done${duration(seconds)}`;
  if (state === "failed" && status === 130) return `■ stopped${duration(seconds).replace("in", "after")}`;
  if (state === "failed") return status === null ? "✗ failed" : `✗ failed (exit ${status})`;
  if (state === "unrun") return "✗ not run: what ran before took it, or an interrupt threw it away";
  if (state === "offline") return `✗ not sent: terminal ${terminal} is offline`;
  return "";
}
