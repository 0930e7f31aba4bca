/*
 * A sheet to write on that grows with its text. Most browsers do it by themselves; for the others
 * the sheet is made taller when the words need it, once a frame, and is fitted anew only when it
 * changes its shape: to fit it, the browser has to lay the whole letter out twice.
 */
import { listening } from "../lib/listen.js";

export function connect(area) {
  if (CSS.supports("field-sizing", "content")) return () => {};
  const { on, off } = listening();
  let frame = 0;

  function fit() {
    const { scrollY } = window;
    area.style.blockSize = "auto";
    area.style.blockSize = `${area.scrollHeight}px`;
    window.scrollTo({ top: scrollY, behavior: "instant" });
  }

  function grow() {
    frame = 0;
    if (area.scrollHeight > area.clientHeight) area.style.blockSize = `${area.scrollHeight}px`;
  }

  on(area, "input", () => {
    frame ||= requestAnimationFrame(grow);
  });
  on(area, "change", fit);
  on(area, "reshape", fit);
  on(window, "resize", fit);
  fit();
  return () => {
    cancelAnimationFrame(frame);
    off();
  };
}
