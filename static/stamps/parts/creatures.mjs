/** Birds, and grazing or walking animals far away; drawn around 0,0 and placed. */

import { place } from "../paths.mjs";

const shape =
  (data) =>
  (x, y, size = 1, options = {}) =>
    place(data, x, y, { size, ...options });

/** A black-headed gull gliding to the left: wings, body, dark head and wing tips, bill. */
export const gull = {
  far: shape("M-2 0C-5 -6 -11 -10 -19 -11C-16 -6 -11 -1 -4 2z"),
  body: shape("M-11 2C-9 -1 -4 -1 0 0L10 3L8.6 6C3 5.4 -8 7 -11 2z"),
  near: shape("M-4 2C-2 -6 4 -11 16 -14C13 -8 10 -1 4 3C1 4 -3 4 -4 2z"),
  dark: shape(
    "M-11.6 2.6C-11 -.4 -8.4 -1.4 -6.6 .8C-7 3.2 -9.4 4.2 -11.6 2.6zM16 -14C14.4 -11 13.4 -9.4 12.4 -8L9.2 -11.8zM-19 -11L-14.6 -10L-14.8 -7z",
  ),
  bill: shape("M-11.4 1.4L-14.6 3L-11.4 3.2z"),
};

/** A swift: sickle wings and a forked tail. */
export const swift = shape(
  "M-11 -6C-6 -6 -2 -3 0 -1C3 -5 8 -8 13 -8C8 -5 5 -2 3.4 1.6L6 8L2.6 5.6L.4 9L.2 3C-3 0 -6 -3 -11 -6z",
);

/** An eagle that circles with spread wing tips. */
export const eagle = shape(
  "M-14 -3C-10 -6 -5 -4 -1.6 -1L0 -2.6L1.6 -1C5 -4 10 -6 14 -3L12.6 -2.4L13 -1L11 -1.4L10.6 0C7 -1 4 1 2 2.4L2.4 5L0 4.4L-2.4 5L-2 2.4C-4 1 -7 -1 -10.6 0L-11 -1.4L-13 -1L-12.6 -2.4z",
);

/** A crane that stands: body, then neck and legs as lines, then the dark plume of its tail. */
export const crane = {
  body: shape("M-7 -1C-5 -7 2 -9 7 -5C9 -3 12 0 14 3C8 4 0 6 -4 3C-6 2 -7 1 -7 -1z"),
  neck: shape("M-5 0C-10 -4 -3 -10 -5 -15C-6 -17 -8 -17 -9 -16"),
  legs: shape("M0 4V17M4 4L5 17"),
  bill: shape("M-9 -16.4L-15 -15"),
  tail: shape("M7 -3C11 -2 15 2 15.6 8C11 7 8 4 5 2z"),
};

/** A crane in flight, neck and legs stretched out. */
export const craneFlying = {
  line: shape("M-15 -1C-10 -1 -6 1 0 1L14 4"),
  wings: shape(
    "M-5 1C-5 -6 -1 -12 5 -16C5 -9 6 -4 4 2C1 3 -3 3 -5 1zM0 2C2 6 7 9 13 10C12 6 9 3 5 1z",
  ),
  tips: shape("M5 -16C5 -13 5.4 -11 5.3 -8.5L1 -12C2 -13.5 3.5 -15 5 -16z"),
};

/** A swan on the water. */
export const swan = {
  body: shape("M-8 2C-8 -4 -2 -6 3 -5C7 -5 10 -7 12 -9C12 -3 9 4 2 4.6C-3 5 -8 5 -8 2z"),
  neck: shape("M-6.6 1C-11 -4 -3 -8 -5.6 -12.4C-6.6 -13.8 -8.4 -13.6 -9.4 -12.6"),
  bill: shape("M-10 -12.4L-12.4 -11.4"),
};

/** A white egret with a folded neck. */
export const egret = {
  body: shape("M-4 0C-4 -5 3 -5 9 3C4 4 -3 4 -4 0z"),
  neck: shape("M-2.6 -1C-7 -4 -1 -7 -3 -10.6C-3.6 -11.6 -5 -11.4 -5.6 -10.8"),
  legs: shape("M0 3V12M2.6 3L3 12"),
  bill: shape("M-6 -10.8L-10 -10"),
};

/** A horse that grazes. */
export const horse = shape(
  "M-8 -6C-6 -8 2 -7 5 -8C8 -5 9 -2 11 0L10 2L7 .5L5 -2.5L4.6 4H3.2L2.6 -2H-5L-5.6 4H-7L-7.4 -2.6L-9 2C-10 0 -9.6 -4 -8 -6z",
);

/** A camel with two humps, walking to the left. */
export const camel = shape(
  "M-10 -8L-7 -8.6L-6 -4L-2.6 -8L0 -5L3 -8L6 -3L6.6 1L5.4 0V5H4L3.6 .6H-2L-2.4 5H-4L-4.2 0L-7.4 -3L-8 -6.4L-10 -6.6z",
);

/** A swallow that banks to the left: back and wings, then its pale breast. */
export const swallow = {
  back: shape(
    "M-19 4C-15 -1 -9 -3 -4 -3C-2 -12 6 -21 18 -25C14 -17 12 -9 8 -3C15 0 23 7 30 17C23 13 17 10 11 9C12 14 11 20 8 25C6 19 3 13 -2 9C-8 9 -13 7 -16 5z",
  ),
  breast: shape("M-16 5C-11 3 -5 3 0 5C2 6 3 8 3 9.6C1 9.8 0 9.6 -2 9C-8 9 -13 7 -16 5z"),
  throat: shape("M-19 4C-17 2 -15 1 -12.6 1.4C-13 3 -14 4.2 -16 5z"),
};
