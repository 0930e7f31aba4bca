/* Boxes drawn with a pointer over a photo that is to be covered; without it there are cells to tick. */
import { listening } from "../lib/listen.js";

const LEAST = 12;
const SVG = "http://www.w3.org/2000/svg";

export function connect(form) {
  const { on, off } = listening();
  const photo = form.querySelector("[data-cover-photo]");
  const boxes = form.querySelector("[data-cover-boxes]");
  const undo = form.querySelector("[data-cover-undo]");
  const status = form.querySelector("[data-cover-status]");
  const hint = form.querySelector("[data-cover-hint]");
  const drawn = [];
  let from = null;
  let box = null;
  let moved = false;
  hint.textContent = `${hint.textContent} ${hint.dataset.text}`;

  /* In thousandths of the photo, whatever its size on this screen. */
  function place(event) {
    const frame = photo.getBoundingClientRect();
    const share = (at, begin, length) => Math.min(1000, Math.max(0, Math.round(((at - begin) / length) * 1000)));
    return [share(event.clientX, frame.left, frame.width), share(event.clientY, frame.top, frame.height)];
  }

  function shape(one, two) {
    const [left, right] = [one[0], two[0]].sort((a, b) => a - b);
    const [top, bottom] = [one[1], two[1]].sort((a, b) => a - b);
    return { left, top, right, bottom };
  }

  function lay(rect, { left, top, right, bottom }) {
    rect.setAttribute("x", left);
    rect.setAttribute("y", top);
    rect.setAttribute("width", right - left);
    rect.setAttribute("height", bottom - top);
  }

  function tell() {
    undo.hidden = drawn.length === 0;
    status.textContent = drawn.length ? status.dataset.text.replace("{number}", drawn.length) : "";
  }

  function drop() {
    box?.remove();
    box = from = null;
  }

  on(photo, "pointerdown", (event) => {
    if (event.button !== 0) return;
    from = place(event);
    moved = false;
  });

  on(photo, "pointermove", (event) => {
    if (!from) return;
    const to = place(event);
    const far = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
    if (!box && far < LEAST) return;
    if (!box) {
      photo.setPointerCapture(event.pointerId);
      box = document.createElementNS(SVG, "rect");
      boxes.append(box);
      moved = true;
    }
    lay(box, shape(from, to));
    event.preventDefault();
  });

  on(photo, "pointerup", (event) => {
    if (!from || !box) {
      from = null;
      return;
    }
    const { left, top, right, bottom } = shape(from, place(event));
    if (right - left < LEAST || bottom - top < LEAST) {
      drop();
      return;
    }
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "box";
    field.value = [left, top, right, bottom].join(",");
    form.append(field);
    drawn.push([box, field]);
    box = from = null;
    tell();
  });
  on(photo, "pointercancel", drop);

  /* The end of a stroke is no tick of the cell under it. */
  on(
    photo,
    "click",
    (event) => {
      if (moved && event.detail) event.preventDefault();
      moved = false;
    },
    { capture: true },
  );

  on(undo, "click", () => {
    for (const one of drawn.pop() ?? []) one.remove();
    tell();
  });
  return off;
}
