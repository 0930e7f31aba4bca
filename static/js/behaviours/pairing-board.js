/* Dragging a student onto a row chooses them in that row's select, which is what the form sends. */
import { listening } from "../lib/listen.js";

export function connect(board) {
  const { on, off } = listening();
  const rows = () => [...board.querySelectorAll("[data-row]")];
  let lifted = null;

  const option = (row, id) => row.querySelector(`select option[value="${CSS.escape(id)}"]`);

  /* Nobody is paired twice: whoever is chosen in one row cannot be chosen in another. */
  function show() {
    const chosen = new Map();
    for (const row of rows()) {
      const { value } = row.querySelector("select");
      row.classList.toggle("pr--on", value !== "");
      if (value) chosen.set(value, row);
    }
    for (const row of rows()) {
      for (const each of row.querySelectorAll("select option")) {
        const owner = chosen.get(each.value);
        each.disabled = owner !== undefined && owner !== row;
      }
    }
    for (const chip of board.querySelectorAll("[data-kid]")) {
      const taken = chosen.has(chip.dataset.kid);
      chip.draggable = !taken;
      chip.classList.toggle("is-lifted", taken);
    }
  }

  const over = (event) => event.target.closest?.("[data-row]");

  on(board, "dragstart", (event) => {
    lifted = event.target.closest?.("[data-kid]") ?? null;
    if (!lifted) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", lifted.dataset.kid);
  });
  on(board, "dragover", (event) => {
    const row = over(event);
    if (!lifted || !row || !option(row, lifted.dataset.kid)) return;
    event.preventDefault();
    row.classList.add("pr--over");
  });
  on(board, "dragleave", (event) => over(event)?.classList.remove("pr--over"));
  on(board, "drop", (event) => {
    const row = over(event);
    if (!lifted || !row) return;
    event.preventDefault();
    row.classList.remove("pr--over");
    const select = row.querySelector("select");
    select.value = lifted.dataset.kid;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  on(board, "dragend", () => {
    lifted = null;
    for (const row of rows()) row.classList.remove("pr--over");
  });
  on(board, "change", show);
  show();
  return off;
}
