/* A button shows what was typed, so that a password need not be typed blind on an old keyboard. */
import { listening } from "../lib/listen.js";

export function connect(element) {
  const { on, off } = listening();
  const field = element.querySelector("input");
  const button = element.querySelector("button");

  function show(visible) {
    field.type = visible ? "text" : "password";
    button.setAttribute("aria-pressed", String(visible));
  }

  on(button, "click", () => {
    show(field.type === "password");
    field.focus();
  });
  /* Sent as a password again, so that a browser does not keep it as ordinary text. */
  if (field.form) on(field.form, "submit", () => show(false));
  button.hidden = false;
  return () => {
    show(false);
    off();
  };
}
