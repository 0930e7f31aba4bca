/* A button beside a link that copies it; without a script the link is there to be marked by hand. */
import { listening } from "../lib/listen.js";

export function connect(field) {
  if (!navigator.clipboard) return () => {};
  const { on, off } = listening();
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm";
  button.textContent = field.dataset.text;
  field.after(button);

  on(field, "focus", () => field.select());
  on(button, "click", async () => {
    await navigator.clipboard.writeText(field.value);
    button.textContent = field.dataset.done;
  });
  return () => {
    off();
    button.remove();
  };
}
