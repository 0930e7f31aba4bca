/* Asks a question in a dialog of our own; gives whether the answer was yes. */

function button(word, kind) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `btn ${kind}`;
  made.textContent = word;
  return made;
}

export function ask({ confirmTitle, confirmText, confirmYes, confirmNo }) {
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
