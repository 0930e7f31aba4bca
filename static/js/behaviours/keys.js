/*
 * Single keys of a page: whatever says in aria-keyshortcuts that a letter stands for it is pressed
 * by that letter. Fields are gone into, links followed, buttons pressed.
 */
import { listening } from "../lib/listen.js";

const WRITING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

export function connect(element) {
  const { on, off } = listening();
  const works = element.dataset.keys === "on";
  const dialog = element.querySelector("[data-keys-dialog]");
  const help = element.querySelector("[data-keys-help]");
  let pressed = false;

  if (help && dialog) {
    help.hidden = false;
    on(help.querySelector("button"), "click", () => dialog.showModal());
    on(dialog.querySelector("[data-keys-close]"), "click", () => dialog.close());
  }

  /* What needs a word first: the key leads into its field instead of to a page that says so. */
  function press(target) {
    if (target.matches(WRITING)) {
      target.closest("details")?.setAttribute("open", "");
      target.focus();
      return;
    }
    const needed = target.hasAttribute("data-needs-words")
      ? [...(target.form?.querySelectorAll("[data-needed]") ?? [])].find((each) => !each.value.trim())
      : null;
    if (needed) {
      needed.focus();
      return;
    }
    if (target.localName === "button" && target.type === "submit") pressed = true;
    target.focus();
    target.click();
  }

  on(document, "keydown", (event) => {
    if (event.key === "Escape" && event.target.closest?.(WRITING)) event.target.blur();
    const busy = pressed || event.repeat || event.isComposing || dialog?.open;
    if (!works || busy || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.(WRITING)) return;
    const key = event.key.length === 1 ? event.key.toUpperCase() : "";
    const target = /^[A-Z/?]$/.test(key) && document.querySelector(`[aria-keyshortcuts="${key}"]`);
    if (!target || target.disabled) return;
    event.preventDefault();
    press(target);
  });
  if (works) for (const each of document.querySelectorAll("[data-key]")) each.hidden = false;

  /* Led here from the last one: whoever listens hears what happened and what comes now. */
  const wrong = document.querySelector("main [aria-invalid]");
  if (wrong) wrong.focus();
  else if (location.hash === "#item") document.querySelector("#item-h")?.focus({ preventScroll: true });
  /* A phone shows the list from its head; beside the piece it shows where one is. */
  if (matchMedia("(min-width: 62rem)").matches)
    document.querySelector('.pi [aria-current="true"]')?.scrollIntoView({ block: "nearest" });
  return off;
}
