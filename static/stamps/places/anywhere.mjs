/** The neutral stamp, for a place that has none of its own: a seal and a swallow between two lands. */

import * as p from "../parts.mjs";

/** A swallow on its way from the snow mountains to the sea, and the seal of two hands. */
export function seal() {
  const range = [0, 66, 8, 58, 14, 62, 24, 48, 33, 60, 40, 66];
  return [
    p.sky("#e2ebe8", "#f3f2e8", 26),
    p.fill("#f3d9b8", p.disc(54, 44, 17)),
    p.fill("#b6c6c9", p.hill([30, 70, 48, 62, 62, 66, 84, 58])),
    p.fill("#8aa5bf", p.ridge(range)),
    p.fill("#6f8cab", p.shade(range, 3, 26), p.shade(range, 1, 18)),
    p.fill(p.paper, p.snowcap(range, 3, 8), p.snowcap(range, 1, 4)),
    p.fill("#7fa58b", p.hill([0, 72, 16, 67, 32, 70, 50, 76], 104)),
    p.fill("#5b93a2", p.hill([24, 80, 44, 74, 64, 76, 84, 72])),
    p.stroke("#c9e0de", 1.3, p.ripple(50, 80, 84, 10, 1.4), p.ripple(42, 88, 84, 12, 1.6)),
    p.fill(p.paper, p.hull(74, 75, 9), p.sails(73.5, 74.5, 11)),
    p.fill("#4f7f66", p.hill([0, 88, 20, 82, 40, 90, 58, 104])),
    p.fill("#d99a34", p.each(p.poplar, [5, 86, 20, 11, 84, 24, 17, 84, 18])),
    p.stroke(
      p.accent,
      1.4,
      ...p
        .pairs(p.ring(40, 62, 24, 30))
        .slice(23, 29)
        .map((point) => `M${point.join(" ")}h0`),
    ),
    p.fill(p.ink, p.swallow.back(52, 34, 0.95)),
    p.fill(p.paper, p.swallow.breast(52, 34, 0.95)),
    p.fill(p.accent, p.swallow.throat(52, 34, 0.95)),
    p.fill("#b0402c", "M57 80h18q3 0 3 3v16q0 3 -3 3h-18q-3 0 -3 -3v-16q0 -3 3 -3z"),
    p.stroke(
      p.paper,
      1.5,
      ...[59.5, 67.5].map((x) =>
        p.place(
          "M8.5 0C8.9 7.5 6.5 16 0 22M-2 7C-.2 11.5 2.8 13.5 7.2 13.5M3.5 1C3 5 4.3 7 8.1 8.2",
          x,
          83,
          { size: 0.68 },
        ),
      ),
    ),
  ].join("");
}
