/* Asks once more, in a dialog of our own, before a form does what cannot be taken back. */
import { listening } from "../lib/listen.js";

function button(word, kind) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `btn ${kind}`;
  made.textContent = word;
  return made;
}

function ask({ confirmTitle, confirmText, confirmYes, confirmNo }) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const title = document.createElement("h2");
  title.id = "confirm-title";
  title.textContent = confirmTitle;
  dialog.setAttribute("aria-labelledby", title.id);
  const text = document.createElement("p");
  text.textContent = confirmText ?? "";
  const row = document.createElement("div");
  row.className = "dialog__act";
  const no = button(confirmNo, "");
  const yes = button(confirmYes, "btn-primary");
  row.append(no, yes);
  dialog.append(title, text, row);
  document.body.append(dialog);

  return new Promise((resolve) => {
    let answer = false;
    yes.addEventListener("click", () => {
      answer = true;
      dialog.close();
    });
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    dialog.showModal();
    no.focus();
  });
}

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
