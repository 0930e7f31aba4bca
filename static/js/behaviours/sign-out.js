/* Asks before signing out when letters lie on this device alone: they would be gone with it. */
import { ask } from "../lib/ask.js";
import * as device from "../lib/device.js";
import { listening } from "../lib/listen.js";
import { isNowhereElse, settle } from "../lib/outbox.js";

const PATIENCE = 4_000;
/* What cannot be counted may be there all the same, so the question is asked. */
const UNKNOWN = "?";

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

/*
 * How many letters are nowhere else, once the server was given a chance to take them; also those of
 * somebody whose session ended here, for they would be gone, too.
 */
async function unsent(person) {
  if (!globalThis.indexedDB) return 0;
  try {
    if (!(await device.everybodys()).some(isNowhereElse)) return 0;
    const enough = new Promise((resolve) => setTimeout(resolve, PATIENCE));
    await Promise.race([settle(person).catch(() => {}), enough]);
    return (await device.everybodys()).filter(isNowhereElse).length;
  } catch {
    return UNKNOWN;
  }
}

export function connect(form) {
  const { on, off } = listening();
  let agreed = false;

  on(form, "submit", async (event) => {
    if (agreed) return;
    event.preventDefault();
    const number = await unsent(meta("person"));
    const text = form.dataset.confirmText.replace("{number}", number);
    if (number && !(await ask({ ...form.dataset, confirmText: text }))) return;
    agreed = true;
    form.requestSubmit(event.submitter);
  });
  return off;
}
