/* A sheet to write on that grows with its text; the page stays where the writer was looking. */
import { listening } from "../lib/listen.js";

export function connect(area) {
  const { on, off } = listening();

  function grow() {
    const { scrollY } = window;
    area.style.blockSize = "auto";
    area.style.blockSize = `${area.scrollHeight}px`;
    window.scrollTo({ top: scrollY, behavior: "instant" });
  }

  on(area, "input", grow);
  on(window, "resize", grow);
  grow();
  return off;
}
