/* One box ticks all boxes of its form that carry the name in data-check-all. */
import { listening } from "../lib/listen.js";

export function connect(element) {
  const { on, off } = listening();
  const scope = element.form ?? document;
  const which = `input[type="checkbox"][name="${element.dataset.checkAll}"]:not(:disabled)`;
  const boxes = () => [...scope.querySelectorAll(which)];

  function show() {
    const ticked = boxes().filter((box) => box.checked).length;
    element.checked = ticked > 0 && ticked === boxes().length;
    element.indeterminate = ticked > 0 && !element.checked;
  }

  on(element, "change", () => {
    for (const box of boxes()) box.checked = element.checked;
  });
  on(scope, "change", (event) => {
    if (event.target !== element) show();
  });
  show();
  return off;
}
