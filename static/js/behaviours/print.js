/* Opens the browser's print dialog; a button marked hidden shows itself once it can do that. */
import { listening } from "../lib/listen.js";

export function connect(element) {
  const { on, off } = listening();
  on(element, "click", () => window.print());
  element.hidden = false;
  return off;
}
