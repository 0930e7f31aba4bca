/** Skies and weather: the light, calm upper part on which every stamp carries its name. */

import { box, disc, fill, hill, lens, place, stroke } from "../paths.mjs";

/** The colours all stamps share, so that thirty-three places stay one family. */
export const ink = "#243247";
export const paper = "#fffdf6";
export const accent = "#cf5436";

/** A sky in two tones, lighter above, where the name stands. */
export function sky(low, high, edge = 22) {
  return (
    fill(low, box(0, 0, 84, 104)) +
    fill(high, hill([0, edge, 28, edge - 3, 60, edge + 2, 84, edge - 1], 0))
  );
}

export function sun(x, y, radius, colour = accent) {
  return fill(colour, disc(x, y, radius));
}

/** A crescent open to the upper left. */
export function crescent(x, y, radius) {
  const reach = radius * 0.8;
  return `M${x - reach} ${y + radius * 0.5}a${radius} ${radius} 0 1 0 ${reach * 1.1} ${-radius * 1.4}a${reach} ${reach} 0 1 1 ${-reach * 1.1} ${radius * 1.4}z`;
}

/** A star with four points. */
export function star(x, y, radius) {
  return [
    `M${x} ${y - radius}`,
    `Q${x} ${y} ${x + radius} ${y}Q${x} ${y} ${x} ${y + radius}`,
    `Q${x} ${y} ${x - radius} ${y}Q${x} ${y} ${x} ${y - radius}z`,
  ].join("");
}

/** A long flat cloud: two lenses, one resting on the other. */
export function wisp(x, y, length) {
  return (
    lens(x, y, x + length, y, 3) + lens(x + length * 0.3, y - 2.6, x + length * 0.8, y - 2.6, 2.4)
  );
}

/** A cloud with a flat base and three round heads. */
export function cloud(x, y, width) {
  const unit = width / 10;
  return `M${x} ${y}a${1.6 * unit} ${1.6 * unit} 0 0 1 ${1.4 * unit} ${-2.4 * unit}a${2.4 * unit} ${2.4 * unit} 0 0 1 ${4.4 * unit} ${-0.6 * unit}a${1.8 * unit} ${1.8 * unit} 0 0 1 ${2.8 * unit} ${1.2 * unit}a${1.2 * unit} ${1.2 * unit} 0 0 1 ${1.4 * unit} ${1.8 * unit}z`;
}

/** Smoke that rises in a curl. */
export const smoke = (x, y) =>
  stroke(paper, 1.8, place("M0 0c-2 -3 3 -5 1 -8c-2 -3 3 -4 1 -8", x, y));
