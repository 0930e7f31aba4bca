/** Stamps of Xinjiang south of the Tianshan: jade river, earthen town, ice dome, desert poplar, river of bends. */

import * as p from "../parts.mjs";

/** Poplars in two tones with their trunks: `[x, base, height, …]`. */
function poplars(places, leaf, lit, bark) {
  return (
    p.stroke(bark, 1.2, p.each(p.trunk, places)) +
    p.fill(leaf, p.each(p.poplar, places)) +
    p.fill(lit, p.each(p.poplarLit, places))
  );
}

/** The white jade river coming down from the Kunlun between golden poplars. */
export function hetian() {
  const far = [0, 55, 13, 44, 22, 51, 35, 29, 47, 46, 55, 38, 67, 51, 84, 33];
  const near = [0, 70, 15, 56, 28, 65, 43, 53, 60, 68, 74, 57, 84, 62];
  return [
    p.sky("#f6e4bf", "#f9f0d8", 24),
    p.sun(61, 27, 10),
    p.fill("#7c9fbd", p.ridge(far)),
    p.fill(
      "#5f86aa",
      p.shade(far, 3, 34),
      p.shade(far, 1, 22),
      p.shade(far, 5, 24),
      p.shade(far, 7, 30),
    ),
    p.fill(
      p.paper,
      p.snowcap(far, 3, 11),
      p.snowcap(far, 1, 5),
      p.snowcap(far, 5, 6),
      p.polygon([84, 33, 74.6, 43, 78, 42, 79.6, 45, 84, 41.6]),
    ),
    p.fill("#2f5d86", p.ridge(near)),
    p.fill("#264d73", p.shade(near, 1, 30), p.shade(near, 3, 30), p.shade(near, 5, 30)),
    p.fill("#7a9b62", p.hill([0, 76, 20, 72, 44, 71, 66, 72, 84, 75])),
    p.fill(
      "#4c7a58",
      p.hill([0, 84, 20, 79, 34, 82, 44, 104]),
      p.hill([58, 104, 60, 84, 72, 80, 84, 82]),
    ),
    p.fill(
      "#d8e9e0",
      "M46 71C40 75 58 77 47 83C36 88 24 93 26 104H66C58 96 60 92 62 88C66 80 46 77 52 71z",
    ),
    p.stroke(
      "#8fb9a6",
      1.2,
      "M50 78C52 81 47 84 43 86M40 90C36 93 34 97 34 102M56 86C52 90 51 94 53 99M46 92C43 95 43 98 44 101",
    ),
    p.dots(p.paper, 3.4, [39, 99, 49, 103, 58, 101]),
    p.dots("#b9d3c4", 2.4, [43, 102, 54, 97, 32, 97]),
    poplars(
      [7, 98, 32, 16, 103, 38, 25, 99, 26, 66, 97, 26, 73, 103, 38, 81, 98, 32],
      "#d99a34",
      "#f0c055",
      "#6d4a21",
    ),
  ].join("");
}

/** Earthen houses step up a slope, pomegranates ripe above the roofs. */
export function kashi() {
  const range = [0, 52, 12, 44, 22, 48, 36, 33, 48, 45, 60, 37, 72, 46, 84, 40];
  return [
    p.sky("#f3dcbc", "#f7ecd9", 25),
    p.fill("#b7bfcb", p.ridge(range)),
    p.fill(p.paper, p.snowcap(range, 3, 7), p.snowcap(range, 5, 5), p.snowcap(range, 1, 4)),
    poplars([5, 66, 26, 12, 64, 20, 60, 60, 20, 78, 66, 26], "#7f9a55", "#a5b868", "#6d4a21"),
    p.fill("#9b6632", p.box(0, 80, 84, 24)),
    p.fill("#e8c592", p.box(20, 54, 20, 20), p.box(44, 50, 15, 20), p.box(64, 58, 22, 20)),
    p.fill("#d3a062", p.box(36, 60, 26, 20), p.box(0, 62, 18, 24), p.box(72, 68, 14, 20)),
    p.fill("#c58b4b", p.box(14, 68, 20, 20), p.box(58, 70, 18, 26)),
    p.fill("#dfb277", p.box(-2, 80, 26, 26), p.box(32, 76, 24, 30)),
    p.fill("#b5793e", p.box(22, 86, 14, 20), p.box(52, 84, 14, 22), p.box(70, 84, 16, 22)),
    p.stroke(
      "#9b6632",
      1.4,
      "M19 54H41M43 50H60M63 58H84M35 60H63M0 62H19M71 68H84M13 68H35M57 70H77M0 80H25M31 76H57M22 86H36M52 84H66M69 84H84",
    ),
    p.stroke(
      "#6b4428",
      0.9,
      "M32 83H56M32 88H56",
      p.posts(33, 55, 9, 83, 88),
      "M0 87H24M0 91H24",
      p.posts(2, 22, 7, 87, 91),
    ),
    p.fill(
      "#3f8a8c",
      p.arch(44, 104, 9, 14),
      p.arch(8, 104, 7, 11),
      p.arch(66, 82, 5, 7),
      p.arch(79, 96, 6, 10),
    ),
    p.fill(
      "#6b4428",
      p.box(24, 58, 3, 5),
      p.box(32, 58, 3, 5),
      p.box(49, 54, 3, 4),
      p.box(40, 65, 4, 6),
      p.box(50, 65, 4, 6),
      p.box(4, 68, 3, 6),
      p.box(11, 68, 3, 6),
      p.box(18, 73, 4, 6),
      p.box(26, 73, 4, 6),
      p.box(75, 62, 3, 4),
      p.box(27, 91, 4, 6),
      p.box(57, 90, 4, 6),
    ),
    p.stroke("#6d4f38", 2, "M86 2Q72 4 60 16M78 4Q76 12 78 20M68 9Q58 6 50 8"),
    p.fill(
      "#5f8a4e",
      p.lens(66, 10, 72, 18, 3),
      p.lens(82, 3, 84, 12, 3),
      p.lens(60, 7, 54, 1, 3),
      p.lens(52, 8, 44, 12, 3),
      p.lens(72, 6, 66, 0, 3),
    ),
    p.fill(p.accent, p.pomegranate(59, 22, 6.5), p.pomegranate(78, 27, 7)),
    p.stroke("#ef9a78", 1.4, "M55 21q.5 -3 3 -4M74 26q.5 -3.5 3 -4.5"),
  ].join("");
}

/** Red banded hills before the great dome of ice, an eagle above the lake. */
export function kezilesu() {
  return [
    p.sky("#d6e2ea", "#edf0ec", 26),
    p.fill("#b3c6d6", p.ridge([0, 52, 10, 46, 20, 50, 28, 44, 60, 46, 84, 40])),
    p.fill("#dbe7ee", "M12 62Q20 50 30 44Q36 32 46 29L52 32Q62 24 72 30Q80 35 86 46V64H12z"),
    p.fill(
      p.paper,
      "M25 49Q29 45 31 43Q37 32 46 29L50 31.500L49 44L45 40L41 48L37 43L32 51zM53 31.500Q63 24 72 30Q80 35 86 46V52L79 44L75 50L70 42L65 51L60 43L55 49z",
    ),
    p.stroke("#9db4c8", 1.2, "M51.500 33L51 42L53 50M36 44L38 52M72 42L73 52"),
    p.fill("#9db4c8", "M12 62L28 53L34 57L42 53L50 58L60 52L70 57L86 53V66H12z"),
    p.fill("#efe6d2", p.hill([28, 70, 44, 62, 60, 66, 84, 60], 74)),
    p.fill("#b5523a", "M-2 50L6 46L14 54L22 58L32 68L40 74H-2z"),
    p.fill("#8f3d33", "M86 58L78 60L70 66L60 70L54 74H86z"),
    p.stroke("#e09a72", 1.6, "M-2 56L8 52L18 61L30 72M-2 62L8 59L16 66L22 73"),
    p.stroke("#7d352e", 1.4, "M-2 68L7 65L13 73M0 53L7 49L15 57L25 66M84 63L76 65L66 72"),
    p.fill("#4c97a6", p.box(0, 73, 84, 31)),
    p.fill("#8fc3c8", "M22 74H80Q76 88 54 89Q32 88 22 74z"),
    p.fill("#c6e0e0", "M34 74H72Q70 82 55 83Q40 82 34 74z"),
    p.fill("#86553f", p.lens(-4, 74, 34, 74, 3)),
    p.stroke("#cfe6e2", 1.3, p.glints([8, 82, 10, 60, 82, 12, 30, 88, 10, 50, 92, 8, 70, 89, 10])),
    p.fill(p.accent, "M-2 88Q14 84 26 92Q40 100 60 97Q74 95 86 90V106H-2z"),
    p.fill("#b5523a", "M-2 95Q14 90 26 97Q44 104 62 101Q76 99 86 96V106H-2z"),
    p.stroke("#e09a72", 1.2, "M2 91.5Q14 88 24 94Q38 101 58 98.5"),
    p.fill(
      "#c9a24f",
      p.tuft(8, 100, 13, 0.5),
      p.tuft(20, 104, 11, 0.5),
      p.tuft(76, 102, 14, 0.5),
      p.tuft(64, 105, 9, 0.5),
    ),
    p.fill(p.ink, p.eagle(58, 17, 1, { turn: -8 })),
  ].join("");
}

/** A desert poplar in gold on the Tarim, dunes behind. */
export function akesu() {
  return [
    p.sky("#e6ecec", "#f2f1e8", 26),
    p.fill("#c9d3d8", p.ridge([0, 47, 12, 41, 20, 45, 32, 36, 42, 44, 54, 40, 66, 46, 84, 42])),
    p.fill("#e3c48d", p.hill([0, 56, 20, 46, 40, 54, 62, 47, 84, 52])),
    p.fill(
      "#c99f62",
      "M20 46.5Q30 48 40 54Q30 56 14 66Q26 54 20 46.5zM62 47Q74 50 84 52V60Q70 60 58 66Q68 56 62 47z",
    ),
    p.fill("#d4ae72", p.hill([0, 66, 26, 60, 50, 66, 84, 60])),
    p.fill("#4f9aa0", p.box(0, 74, 84, 30)),
    p.fill("#d9b478", "M0 76Q20 70 46 74Q66 76 84 71V79Q60 82 40 79T0 82z"),
    p.fill("#8f9a5c", "M30 84H80Q78 98 55 99T30 84z"),
    p.fill("#b9a650", "M38 84H74Q71 93 56 94T38 84z"),
    p.fill("#2f7d88", p.hill([0, 100, 24, 97, 50, 101, 84, 97])),
    p.stroke(
      "#a9d6d2",
      1.3,
      p.glints([6, 88, 12, 40, 88, 20, 52, 92, 18, 18, 95, 8, 62, 96, 12, 72, 90, 9]),
    ),
    p.fill(
      "#5d4330",
      "M46 80Q51 72 49 64Q44 58 36 54L38 52Q46 55 51 59Q52 50 49 40H52Q55 48 55 56Q60 50 68 46L69 48Q60 55 57 64Q57 73 62 80Q56 77 54 80Q51 77 46 80z",
    ),
    p.stroke("#8a6a4c", 0.9, "M52 76Q54 68 53 61M55 74Q54 69 55 63"),
    p.crowns("#c98f2b", 11, [38, 48, 70, 44, 52, 34]),
    p.crowns("#e2ad3f", 9, [33, 44, 45, 38, 62, 36, 74, 40, 55, 27]),
    p.crowns("#f5cf68", 5, [36, 40, 57, 24, 66, 33, 77, 37, 47, 34]),
    p.crowns("#c98f2b", 5, [8, 70, 20, 67]),
    p.crowns("#e2ad3f", 4, [10, 68, 22, 65]),
    p.stroke("#5d4330", 1.2, "M8 78V70M20 75V67"),
    p.stroke(
      "#8a6a3c",
      1,
      p.reed(4, 104, 18),
      p.reed(9, 104, 22),
      p.reed(14, 104, 15),
      p.reed(80, 104, 20),
    ),
    p.fill(
      p.accent,
      p.plume(4, 104, 18),
      p.plume(9, 104, 22),
      p.plume(14, 104, 15),
      p.plume(80, 104, 18),
    ),
  ].join("");
}

/** The river of many bends at sunset, swans on the near water. */
export function bazhou() {
  return [
    p.sky("#f4d2a6", "#f7e6cb", 26),
    p.fill("#f9e0b4", p.disc(54, 46, 15)),
    p.sun(54, 46, 9),
    p.fill("#b08a86", p.ridge([0, 48, 10, 43, 20, 47, 32, 41, 42, 47, 66, 48, 74, 42, 84, 46])),
    p.fill("#a08a4a", p.hill([0, 52, 30, 50, 60, 52, 84, 50])),
    p.fill("#7c7f45", p.hill([0, 64, 24, 60, 56, 66, 84, 62])),
    p.fill("#59693f", p.hill([0, 82, 24, 78, 56, 84, 84, 80])),
    p.fill(
      "#fae3ae",
      "M51 51C66 52 70 54 56 56C36 58 26 60 40 62C62 65 80 67 62 71C38 75 8 76 24 82C36 87 60 86 66 92C70 96 34 90 -2 95V106H88C88 96 92 88 74 83C58 79 34 80 42 77C60 73 88 71 78 65C70 61 46 62 48 60C58 58 76 56 68 53C64 51 58 51 57 51z",
    ),
    p.stroke(
      "#f0b35c",
      1.2,
      "M50 62.5C66 65 78 67 66 70M32 80C38 84 58 83 68 88M74 94C74 98 66 101 60 104M58 56.5C50 58 44 59 42 60.5",
    ),
    p.fill("#8a8c4c", p.hill([0, 66, 12, 65, 24, 68, 14, 71, 0, 72], 72)),
    p.fill(p.paper, p.swan.body(24, 96, 1.25), p.swan.body(66, 98, 0.75, { flip: true })),
    p.stroke(p.paper, 2.8, p.swan.neck(24, 96, 1.25)),
    p.stroke(p.paper, 1.8, p.swan.neck(66, 98, 0.75, { flip: true })),
    p.stroke("#d9772f", 1.6, p.swan.bill(24, 96, 1.25), p.swan.bill(66, 98, 0.75, { flip: true })),
    p.fill("#3f4f36", p.tuft(4, 106, 18, 0.4), p.tuft(12, 107, 12, 0.5), p.tuft(80, 107, 18, 0.4)),
    p.stroke(
      "#6a4a4a",
      1.1,
      "M66 24q2 -2 3.5 0q1.5 -2 3.5 0M74 30q1.5 -1.6 2.8 0q1.2 -1.6 2.8 0M58 31q1.3 -1.4 2.4 0q1.1 -1.4 2.4 0",
    ),
  ].join("");
}
