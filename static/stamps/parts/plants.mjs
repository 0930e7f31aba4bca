/** Trees, reeds and flowers, each a shape that stands on the ground line it is given. */

import { dots, lens, oval, place, polygon, ring } from "../paths.mjs";

/** A poplar: one upright flame. */
export function poplar(x, base, height) {
  const width = height * 0.13;
  const [foot, top] = [base - height * 0.1, base - height];
  return `M${x} ${foot}C${x - width * 1.7} ${base - height * 0.3} ${x - width} ${base - height * 0.7} ${x} ${top}C${x + width} ${base - height * 0.7} ${x + width * 1.7} ${base - height * 0.3} ${x} ${foot}z`;
}

/** The half of a poplar that the light touches. */
export function poplarLit(x, base, height) {
  const width = height * 0.13;
  const [foot, top] = [base - height * 0.14, base - height * 0.96];
  return `M${x + 0.3} ${foot}C${x + width * 1.5} ${base - height * 0.3} ${x + width * 0.9} ${base - height * 0.7} ${x + 0.3} ${top}z`;
}

export function trunk(x, base, height) {
  return `M${x} ${base}V${base - height * 0.45}`;
}

/** A spruce of three tiers. */
export function spruce(x, base, height) {
  const wide = height * 0.21;
  const at = (share) => base - height * share;
  const right = [wide * 0.55, 0.62, wide * 0.25, 0.6, wide * 0.8, 0.32, wide * 0.35, 0.3, wide, 0];
  const points = [x, at(1)];
  for (let i = 0; i < right.length; i += 2) points.push(x + right[i], at(right[i + 1]));
  for (let i = right.length - 2; i >= 0; i -= 2) points.push(x - right[i], at(right[i + 1]));
  return polygon(points);
}

/** A conifer far away: one narrow triangle. */
export function fir(x, base, height) {
  return polygon([x, base - height, x + height * 0.24, base, x - height * 0.24, base]);
}

/** Round crowns of one size, five heads each, for ginkgo, camphor, apple and the like. */
export function crowns(colour, radius, flat) {
  const heads = [0, -0.45, -0.6, 0, 0.6, 0, -0.28, 0.32, 0.32, 0.32];
  const centres = [];
  for (let at = 0; at < flat.length; at += 2) {
    centres.push(...heads.map((share, i) => flat[at + (i % 2)] + share * radius));
  }
  return dots(colour, radius * 1.1, centres);
}

/** A flat cushion of pine needles. */
export function cushion(x, y, width) {
  return `M${x} ${y}c${width * 0.1} ${-width * 0.2} ${width * 0.3} ${-width * 0.26} ${width * 0.5} ${-width * 0.24}c${width * 0.24} ${-width * 0.02} ${width * 0.42} ${width * 0.06} ${width * 0.5} ${width * 0.24}c${-width * 0.3} ${width * 0.08} ${-width * 0.7} ${width * 0.08} ${-width} 0z`;
}

/** Dark scars on a birch trunk. */
export function scars(x, width, levels) {
  return levels.map((y, i) => `M${x + (i % 2 ? width * 0.45 : 0)} ${y}h${width * 0.5}`).join("");
}

/** A drooping willow strand. */
export function strand(x, y, length, drift = 2) {
  return `M${x} ${y}q${drift} ${length * 0.5} ${drift * 0.4} ${length}`;
}

/** A tuft of grass or reeds that spreads from one foot. */
export function tuft(x, base, height, spread = 0.5) {
  const side = height * spread;
  return (
    lens(x, base, x - side, base - height * 0.7, 0.9) +
    lens(x, base, x - side * 0.3, base - height, 0.9) +
    lens(x, base, x + side * 0.4, base - height * 0.9, 0.9) +
    lens(x, base, x + side, base - height * 0.6, 0.9)
  );
}

/** A reed with its plume bent by the wind. */
export function reed(x, base, height) {
  return `M${x} ${base}Q${x + 1} ${base - height * 0.6} ${x + height * 0.12} ${base - height}`;
}

export function plume(x, base, height) {
  const [topX, topY] = [x + height * 0.1, base - height * 0.85];
  return lens(topX - 0.6, topY, topX + height * 0.22, topY - height * 0.3, 2.2);
}

/** Round-petalled flowers of one size, seen from the front. */
export function flowers(colour, radius, flat, count = 5) {
  const centres = [];
  for (let at = 0; at < flat.length; at += 2) {
    centres.push(...ring(flat[at], flat[at + 1], radius * 0.55, count, -90 + at * 17));
  }
  return dots(colour, radius * 0.95, centres);
}

/** A flower or leaf rosette of pointed petals between two angles. */
export function petals(x, y, radius, count, from, to, width = 0.45) {
  return Array.from({ length: count }, (_, i) => {
    const angle = ((from + ((to - from) / Math.max(1, count - 1)) * i) * Math.PI) / 180;
    return lens(x, y, x + Math.cos(angle) * radius, y + Math.sin(angle) * radius, radius * width);
  }).join("");
}

/** A lotus in bloom, seen from the side, its cup resting on `y`. */
export const lotus = {
  back: (x, y, size) => petals(x, y, size, 4, -150, -30, 0.42),
  front: (x, y, size) =>
    petals(x, y, size * 0.86, 3, -122, -58, 0.44) +
    lens(x, y, x - size, y - size * 0.25, size * 0.3) +
    lens(x, y, x + size, y - size * 0.25, size * 0.3),
};

/** A lotus leaf lying on the water seen from its rim: lighter veins go over it. */
export function veins(x, y, width) {
  const height = width * 0.34;
  return `M${x} ${y - height * 0.2}L${x - width * 0.7} ${y - height * 0.1}M${x} ${y - height * 0.2}L${x + width * 0.65} ${y - height * 0.25}M${x} ${y - height * 0.2}L${x - width * 0.3} ${y + height * 0.7}M${x} ${y - height * 0.2}L${x + width * 0.4} ${y + height * 0.6}`;
}

export function pad(x, y, width) {
  return oval(x, y, width, width * 0.34);
}

/** A magnolia bloom, its foot at the point given, opening upwards. */
export const magnolia = {
  back: (x, y, size) =>
    place(
      "M0 0C-13 -2 -16 -12 -13 -19C-7 -17 -3 -12 -2 -7C-2 -14 0 -21 4 -25C9 -20 10 -13 8 -7C10 -12 14 -15 18 -15C19 -8 12 0 0 0z",
      x,
      y,
      { size },
    ),
  front: (x, y, size) =>
    place("M0 0C-7 -3 -8 -10 -5 -16C1 -14 4 -8 0 0zM0 0C0 -5 5 -9 11 -9C11 -3 7 0 0 0z", x, y, {
      size,
    }),
};

/** A five-lobed maple-like leaf around its stalk. */
export function lobed(x, y, radius, turn = 0) {
  return [-160, -125, -90, -55, -20]
    .map((angle, i) => {
      const reach = radius * [0.62, 0.9, 1, 0.9, 0.62][i];
      const rad = ((angle + turn) * Math.PI) / 180;
      return lens(x, y, x + Math.cos(rad) * reach, y + Math.sin(rad) * reach, radius * 0.32);
    })
    .join("");
}
