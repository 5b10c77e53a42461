/* Pages of others: whether they let themselves be shown here. */

import { base } from "./place.js";

const WHY = {
  refused: "This page does not let itself be shown inside another.",
  moved: "This page has moved to another address, which can only be opened by itself.",
  mixed: "This page has no secure address, so that it can only be opened by itself.",
  certificate: "This page has no certificate that browsers trust.",
};

/** Why a page of others cannot be shown here; nothing when it can, or nobody knows. */
export async function trouble({ id }) {
  const answer = await fetch(`${base}api/framing?tab=${encodeURIComponent(id)}`, { cache: "no-store" }).catch(() => null);
  return answer?.ok ? WHY[(await answer.json()).why] : "";
}
