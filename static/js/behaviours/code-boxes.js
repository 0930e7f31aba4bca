/*
 * Activation codes are printed without look-alikes: what is typed is tidied, a stray 0 or O is
 * pointed out.
 */
import { listening } from "../lib/listen.js";

const LOOK_ALIKES = /[01IO]/;
const LENGTH = 8;

export function connect(element) {
  const { on, off } = listening();
  const hint = document.getElementById(element.dataset.hint);

  function tidy() {
    const place = element.selectionStart;
    const before = element.value;
    const after = before
      .normalize("NFKC")
      .toUpperCase()
      .replace(/[^0-9A-Z]/g, "")
      .slice(0, LENGTH);
    if (after !== before) {
      element.value = after;
      const moved = place - (before.length - after.length);
      element.setSelectionRange(Math.max(0, moved), Math.max(0, moved));
    }
    if (hint) hint.hidden = !LOOK_ALIKES.test(after);
  }

  /* Input methods compose full-width letters first; they are left alone until they are done. */
  on(element, "input", (event) => {
    if (!event.isComposing) tidy();
  });
  on(element, "compositionend", tidy);
  tidy();
  return off;
}
