/* A details menu closes on Escape, on a click elsewhere and when focus moves on. */
import { listening } from "../lib/listen.js";

export function connect(element) {
  const { on, off } = listening();
  const summary = element.querySelector("summary");

  on(document, "click", (event) => {
    if (!element.contains(event.target)) element.open = false;
  });
  on(element, "keydown", (event) => {
    if (event.key !== "Escape" || !element.open) return;
    element.open = false;
    summary.focus();
  });
  on(element, "focusout", (event) => {
    if (event.relatedTarget && !element.contains(event.relatedTarget)) element.open = false;
  });
  return off;
}
