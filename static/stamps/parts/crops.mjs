/** What the fields and gardens bear: ears, bolls, bunches, fruit and flower heads. */

import { disc, dots, lines, polygon, ring, stroke } from "../paths.mjs";

/** The grains of an ear of wheat as short lines, upright from a stalk that leans. */
export function ear(x, base, height, lean = 0) {
  const top = base - height;
  return [2.4, 5.2, 8, 10.8]
    .map((drop) => `M${x + lean - 2.4} ${top + drop - 2.2}l2.4 2.6l2.4 -2.6`)
    .concat(`M${x + lean} ${top - 1}v3`)
    .join("");
}

export function straw(x, base, height, lean = 0) {
  return `M${x} ${base}Q${x} ${base - height * 0.5} ${x + lean} ${base - height + 10}`;
}

/** Open cotton bolls of one size, four puffs each. */
export function bolls(colour, radius, flat) {
  const centres = [];
  for (let at = 0; at < flat.length; at += 2) {
    centres.push(...ring(flat[at], flat[at + 1], radius * 0.5, 4));
  }
  return dots(colour, radius * 1.15, centres);
}

/** The dried cup that holds a boll. */
export function cup(x, y, radius) {
  const points = [-1.1, 0.2, 0, 1.7, 1.1, 0.2, 0.4, 0.9, 0, 0.3, -0.4, 0.9];
  return polygon(points.map((share, i) => (i % 2 ? y : x) + share * radius));
}

/** The centres of the berries of a bunch hanging from x,y, row by row. */
export function bunch(x, y, radius, widths = [3, 4, 3, 2, 1]) {
  return widths.flatMap((count, row) =>
    Array.from({ length: count }, (_, i) => [
      x + (i - (count - 1) / 2) * radius * 1.85,
      y + radius + row * radius * 1.6,
    ]).flat(),
  );
}

/** A pomegranate with its crown turned down. */
export function pomegranate(x, y, radius) {
  const teeth = [-0.35, 0.8, -0.5, 1.5, -0.12, 1.2, 0, 1.55, 0.12, 1.2, 0.5, 1.5, 0.35, 0.8];
  return disc(x, y, radius) + polygon(teeth.map((share, i) => (i % 2 ? y : x) + share * radius));
}

/** A tuft of lavender: five stems spread from one foot, each with a head of small flowers. */
export function lavender(x, base, height) {
  const stems = [
    [-0.42, 0.72],
    [-0.2, 0.9],
    [0, 1],
    [0.2, 0.88],
    [0.4, 0.7],
  ].map(([lean, share]) => {
    const [topX, topY] = [x + lean * height, base - share * height];
    return [topX, topY, topX - lean * height * 0.32, topY + height * 0.32];
  });
  return (
    stroke("#5f7f5a", 1, ...stems.map(([, , fromX, fromY]) => lines([x, base, fromX, fromY]))) +
    stroke("#5b4696", 3.2, ...stems.map((stem) => lines(stem))) +
    dots(
      "#a48fd0",
      1.5,
      stems.flatMap(([topX, topY, fromX, fromY]) => [
        topX,
        topY + 1,
        (topX + fromX) / 2,
        (topY + fromY) / 2,
      ]),
    )
  );
}
