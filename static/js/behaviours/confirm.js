/* Asks once more, in a dialog of our own, before a form does what cannot be taken back. */
import { ask } from "../lib/ask.js";
import { listening } from "../lib/listen.js";

export function connect(form) {
  const { on, off } = listening();
  let agreed = false;

  on(form, "submit", async (event) => {
    if (agreed) {
      agreed = false;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    if (await ask(form.dataset)) {
      agreed = true;
      form.requestSubmit(submitter);
    } else {
      submitter?.focus();
    }
  }, { capture: true });
  return off;
}
