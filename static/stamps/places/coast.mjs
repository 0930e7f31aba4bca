/** Stamps of the coast: steel bridge and magnolia, canal town, lotus lake, round house, pier, tower and kapok, bay. */

import * as p from "../parts.mjs";

/** The steel bridge over the creek, towers behind it, a magnolia in front. */
export function shanghai() {
  return [
    p.sky("#f3dacb", "#f6e9dd", 26),
    p.sun(66, 34, 10),
    p.fill(
      "#b9b3bb",
      p.skyline([0, 58, 8, 50, 14, 58, 20, 52, 26, 58, 56, 54, 62, 48, 69, 56, 76, 50], 84, 70),
    ),
    p.fill("#6b7f96", p.skyline([0, 62, 6, 56, 12, 62, 24, 58, 30, 64, 70, 60, 78, 56], 84, 72)),
    p.fill(
      "#6b7f96",
      "M44 72V36L46 31L48 24L50 31L52 36V72zM55 72L56 20H63L64 72zM57.5 22.5L58 27H61L61.5 22.5z",
    ),
    p.fill("#55698a", "M66 72Q69 44 67.5 20Q72 15 75 18Q75 44 78 72z"),
    p.stroke("#55698a", 1.4, "M35 24V72M32 72L34 46M38 72L36 46"),
    p.fill("#a9526a", p.disc(35, 57, 6), p.disc(35, 40, 4), p.disc(35, 32.5, 1.8)),
    p.fill("#3c6a80", p.box(0, 71, 84, 33)),
    p.fill("#2c5268", p.box(0, 80, 84, 3)),
    p.stroke(
      "#d99a7c",
      1.6,
      p.glints([56, 88, 18, 62, 93, 16, 50, 98, 12, 66, 100, 14, 44, 90, 6]),
    ),
    p.stroke(
      "#26394d",
      1.3,
      ...[0, 42].flatMap((x) => [
        p.posts(x + 7, x + 35, 5, 66, 73),
        `M${x + 3} 73L${x + 7} 66L${x + 14} 73L${x + 21} 64L${x + 28} 73L${x + 35} 66L${x + 39} 73`,
      ]),
    ),
    p.stroke("#26394d", 2.6, "M0 73C8 61 34 61 42 73C50 61 76 61 84 73"),
    p.stroke("#26394d", 3.4, "M0 74H84"),
    p.fill("#8b8377", p.box(38.5, 73, 7, 12), p.box(36.5, 83, 11, 3)),
    p.stroke("#5a4632", 2.4, "M-2 106C6 102 12 97 18 91M8 100C18 102 26 102 32 99"),
    p.fill("#f0cfc4", p.magnolia.back(18, 92, 0.95)),
    p.fill(p.paper, p.magnolia.front(18, 92, 1.15)),
    p.fill("#f0cfc4", p.magnolia.back(33, 101, 0.45, { turn: 25 })),
    p.fill(p.paper, p.magnolia.front(33, 101, 0.55)),
    p.fill("#7d9a6c", p.lens(5, 103, 0, 90, 3.5)),
  ].join("");
}

/** White houses on a canal, a moon bridge and its reflection. */
export function jiangsu() {
  const tiles = "#39475a";
  return [
    p.sky("#e2ebe6", "#f0f2ea", 25),
    p.fill("#c3d3c8", p.hill([0, 56, 24, 48, 48, 54, 66, 47, 84, 52])),
    p.fill("#9db9a2", p.hill([14, 64, 30, 58, 50, 60, 70, 64], 72)),
    p.fill("#7fa79b", p.box(0, 72, 84, 32)),
    p.fill("#a9c6b8", "M26 74a17 15 0 0 0 34 0z"),
    p.fill("#bfb8a6", "M14 78Q28 54 43 54Q58 54 72 78H60a17 17 0 0 0 -34 0z"),
    p.stroke("#8f8a7b", 1.2, "M25 78a18 18 0 0 1 36 0"),
    p.stroke("#dfdacb", 1.6, "M13 78Q28 53 43 53Q58 53 73 78"),
    p.fill(
      p.paper,
      p.box(0, 52, 20, 25),
      p.box(66, 46, 18, 32),
      p.box(0, 62, 27, 16),
      p.box(58, 60, 26, 18),
    ),
    p.fill("#dcdfdc", p.box(20, 64, 7, 14), p.box(58, 62, 5, 16)),
    p.fill(
      tiles,
      p.roof(8, 46, 16, 7, 12, 2),
      p.roof(14, 58, 16, 6, 12, 2),
      p.roof(76, 39, 15, 8, 11, 2),
      p.roof(72, 55, 17, 6, 13, 2),
    ),
    p.fill(
      "#8a5a3f",
      p.box(4, 67, 6, 6),
      p.box(15, 67, 5, 11),
      p.box(64, 65, 5, 6),
      p.box(74, 65, 6, 13),
      p.box(72, 49, 5, 4),
    ),
    p.fill("#a7a699", p.box(0, 77, 30, 3), p.box(56, 77, 28, 3)),
    p.stroke(
      "#c4dacc",
      1.2,
      p.glints([6, 86, 9, 58, 85, 12, 66, 91, 9, 24, 99, 12, 8, 96, 8, 60, 100, 14]),
    ),
    p.fill("#3a2f2c", p.barge(38, 91, 34)),
    p.fill("#8a6b45", "M28 90a10 8 0 0 1 18 0z"),
    p.stroke("#5e482f", 0.9, "M32.5 84.5V90M37 83V90M41.5 84.5V90M52 92L60 78"),
    p.stroke("#6d4f38", 2, "M86 0Q76 4 70 14M80 2Q64 2 56 10"),
    p.stroke(
      "#8fae6b",
      1.4,
      p.strand(58, 8, 16, -2),
      p.strand(63, 5, 24),
      p.strand(67, 10, 16, -2),
      p.strand(71, 12, 20),
      p.strand(75, 8, 26, -2),
      p.strand(80, 6, 24),
    ),
    p.stroke(
      "#6f9157",
      1.2,
      p.strand(60, 7, 26),
      p.strand(69, 12, 28),
      p.strand(77, 7, 16),
      p.strand(83, 5, 34, -2),
    ),
    p.stroke(p.accent, 3.6, "M61 63v1.4M24 65v1.4"),
  ].join("");
}

/** Lotus on the lake, a causeway with its bridges, hill behind hill. */
export function zhejiang() {
  return [
    p.sky("#e3eceb", "#f1f2ec", 24),
    p.sun(62, 25, 7, "#f0c9a0"),
    p.fill("#c2d5d6", p.hill([0, 48, 16, 38, 34, 46, 52, 34, 70, 44, 84, 38])),
    p.fill("#93b5b4", p.hill([0, 54, 20, 46, 40, 52, 62, 44, 84, 52])),
    p.fill("#658f8b", p.hill([0, 58, 12, 55, 30, 57, 54, 54, 70, 57, 84, 54])),
    p.fill("#b4d2ca", p.box(0, 60, 84, 44)),
    p.pierced(
      "#e9e4d4",
      "M0 60H14Q20 54 26 60H46Q54 52 62 60H84V63H0z",
      p.arch(20, 63, 5, 4),
      p.arch(54, 63, 6, 6),
    ),
    p.crowns("#4f7f66", 4, [6, 56, 36, 55, 70, 56, 80, 57]),
    p.stroke(
      "#4f7f66",
      1.2,
      p.strand(31, 54, 8, -1),
      p.strand(34, 56, 6),
      p.strand(40, 55, 7),
      p.strand(74, 56, 6),
      p.strand(66, 55, 7),
      p.strand(10, 56, 6),
    ),
    p.stroke(p.paper, 1.2, p.glints([6, 68, 12, 34, 66, 14, 64, 69, 12])),
    p.fill("#4d3f38", p.barge(54, 74, 20)),
    p.stroke("#4d3f38", 1, "M49 73V67M59 73V67"),
    p.fill("#8a6b45", "M46 68Q54 62 62 68z"),
    p.fill("#66a07c", p.pad(31, 88, 8), p.pad(76, 85, 9), p.pad(26, 101, 12)),
    p.fill("#3f7a63", p.pad(4, 98, 13), p.pad(72, 98, 15), p.pad(45, 104, 13)),
    p.stroke("#66a07c", 0.8, p.veins(4, 98, 13), p.veins(72, 98, 15)),
    p.stroke("#3f7a63", 1.6, "M18 104Q15 94 18 84M60 106Q64 96 58 85M40 104Q41 98 40 92"),
    p.fill("#e79a95", p.lotus.back(18, 85, 14), p.lotus.back(58, 87, 17)),
    p.fill("#f4c4ba", p.lotus.front(18, 85, 14), p.lotus.front(58, 87, 17)),
    p.fill(p.accent, p.lens(40, 93, 40, 80, 5)),
    p.fill("#e79a95", p.lens(40, 93, 38, 82, 2.6)),
  ].join("");
}

/** The round earth house in its valley of tea. */
export function fujian() {
  return [
    p.sky("#dfeceb", "#eef3ea", 26),
    p.fill("#b8d3c6", p.hill([0, 48, 14, 36, 30, 44, 46, 30, 64, 42, 84, 30])),
    p.fill("#86b08d", p.hill([0, 56, 20, 48, 44, 54, 64, 44, 84, 50])),
    p.fill("#5e8f68", p.hill([0, 62, 24, 58, 60, 60, 84, 55])),
    p.fill(p.paper, p.wisp(6, 50, 26), p.wisp(52, 46, 26)),
    p.crowns("#3f7356", 6, [4, 62, 79, 58, 14, 64]),
    p.fill("#dcab6c", "M13 57V80Q16 92 44 92T75 80V57z"),
    p.fill("#c08848", "M13 57V80Q14 88 27 90.6L25 62z"),
    p.stroke(
      "#4a3326",
      2,
      "M31 70.5h.1M37 72h.1M51 72h.1M57 70.5h.1M63 69h.1M69 66.5h.1M19 66.5h.1M25 69h.1",
    ),
    p.fill("#3d3a3f", "M9 57a35 12.5 0 0 1 70 0Q76 66 44 68Q12 66 9 57z"),
    p.fill("#5f5a5f", "M9 57a35 12.5 0 0 1 70 0Q68 49 44 49T9 57z"),
    p.fill("#8a5a3f", p.oval(44, 57, 26, 7.5)),
    p.fill("#c08a57", "M18 57a26 7.5 0 0 0 52 0Q66 61 44 61T18 57z"),
    p.stroke("#d9b07c", 0.8, p.posts(25, 63, 9, 52.5, 57)),
    p.fill("#e9d5ad", p.oval(44, 60, 20, 4)),
    p.fill("#3d3a3f", p.oval(44, 58.5, 9, 3)),
    p.fill("#e9d5ad", p.oval(44, 58.8, 5.5, 1.6)),
    p.fill("#efe0bd", p.box(38, 76, 12, 16)),
    p.fill("#5d3b28", p.arch(44, 92, 8, 12)),
    p.stroke(p.accent, 3, "M35 79.5v1.4M53 79.5v1.4"),
    p.fill("#6fa068", p.hill([0, 90, 20, 88, 44, 91, 66, 88, 84, 85])),
    p.stroke(
      "#447a52",
      3,
      p.curve([-2, 95, 20, 92, 44, 95, 66, 92, 86, 89]),
      p.curve([-2, 101, 20, 98, 44, 101, 66, 98, 86, 95]),
    ),
    p.stroke(
      "#9cc183",
      1.2,
      p.curve([-2, 93.6, 20, 90.6, 44, 93.6, 66, 90.6, 86, 87.6]),
      p.curve([-2, 99.6, 20, 96.6, 44, 99.6, 66, 96.6, 86, 93.6]),
    ),
  ].join("");
}

/** The pier with its pavilion, red roofs above a blue bay. */
export function shandong() {
  return [
    p.sky("#d6e8f0", "#ebf2f0", 25),
    p.fill("#a9c6d2", p.ridge([0, 50, 12, 44, 22, 47, 36, 36, 46, 42, 58, 33, 70, 40, 84, 34])),
    p.fill("#4f8b72", p.hill([30, 64, 44, 54, 60, 50, 72, 44, 84, 42], 68)),
    p.crowns("#3c745f", 5, [46, 58, 62, 52, 78, 46, 70, 60, 82, 58]),
    p.fill(
      "#f3e6c9",
      p.box(50, 54, 9, 9),
      p.box(63, 55, 8, 9),
      p.box(71, 47, 9, 9),
      p.box(40, 59, 7, 6),
      p.box(76, 60, 8, 6),
    ),
    p.fill(
      p.accent,
      p.gable(48.5, 49, 12, 6),
      p.gable(61.5, 50, 11, 6),
      p.gable(69.5, 42, 12, 6),
      p.gable(38.5, 55, 10, 5),
      p.gable(74, 55, 12, 6),
    ),
    p.fill(
      "#7b5a48",
      p.box(53.5, 57.5, 2, 3),
      p.box(66, 58, 2, 3),
      p.box(74.5, 50, 2, 3),
      p.box(79, 62, 2, 4),
      p.box(42.5, 61, 2, 4),
    ),
    p.fill("#3b7fa6", p.box(0, 66, 84, 38)),
    p.fill("#e8d9b4", "M28 66H84V69Q60 67 48 68z"),
    p.fill("#2d6890", p.hill([0, 84, 20, 81, 44, 86, 66, 82, 84, 85])),
    p.fill("#d8cdb6", "M84 74L34 78V82L84 81z"),
    p.fill("#a7967c", "M84 81L34 82V85L84 86z"),
    p.stroke("#2d6890", 2.6, p.posts(46, 80, 5, 84, 88)),
    p.fill("#d8cdb6", p.oval(27, 81, 17, 4)),
    p.fill("#a7967c", "M10 81a17 4 0 0 0 34 0v3a17 4 0 0 1 -34 0z"),
    p.fill("#f3e6c9", p.box(17, 69, 20, 12)),
    p.stroke(p.accent, 1.8, p.posts(18, 36, 5, 69, 81)),
    p.fill("#e0a83f", p.roof(27, 61, 15, 9, 6, 3)),
    p.fill("#f3e6c9", p.box(22, 56, 10, 5)),
    p.stroke(p.accent, 1.4, p.posts(23, 31, 3, 56.5, 61)),
    p.fill("#e0a83f", p.roof(27, 47, 10, 10, 1, 2.5)),
    p.fill("#8a6b3a", p.box(26.3, 43.5, 1.4, 4)),
    p.stroke(
      "#9cc7da",
      1.4,
      p.ripple(2, 94, 30),
      p.ripple(44, 97, 80),
      p.ripple(10, 101, 36),
      p.ripple(56, 91, 82, 10, 1.5),
    ),
    p.fill(p.paper, p.hull(66, 96, 15), p.sails(65, 95, 20)),
  ].join("");
}

/** The slender-waisted tower on the Pearl River, kapok in flower. */
export function guangdong() {
  const edge = (y) => 35 + 6 * Math.sin(Math.PI * ((y - 28) / 50) ** 0.8);
  const weave = [30, 37, 44, 51, 58, 65].map((from) => {
    const [a, b] = [edge(from), edge(from + 10)];
    return `M${a} ${from}L${88 - b} ${from + 10}M${88 - a} ${from}L${b} ${from + 10}`;
  });
  const open = [
    [68, 44],
    [70, 71],
    [58, 92],
  ];
  return [
    p.sky("#f1e3d2", "#f3eee2", 25),
    p.fill("#cbd3c2", p.hill([0, 58, 16, 50, 34, 57, 52, 48, 70, 54, 84, 48])),
    p.fill(
      "#a3b8ab",
      p.skyline([0, 64, 6, 56, 12, 62, 18, 52, 25, 60, 58, 58, 63, 48, 70, 57, 76, 52], 84, 78),
    ),
    p.fill("#dce5e0", "M35 28Q47 52 33 78H55Q41 52 53 28z"),
    p.stroke("#b9708a", 0.8, ...weave),
    p.stroke("#84476a", 2, "M35 28Q47 52 33 78M53 28Q41 52 55 78"),
    p.fill("#84476a", p.oval(44, 28, 9.4, 2.4)),
    p.stroke("#84476a", 1.8, "M44 28V7"),
    p.stroke("#84476a", 3, "M44 28V20"),
    p.fill("#4f8a78", p.hill([0, 76, 14, 72, 30, 76, 52, 73, 70, 76, 84, 72])),
    p.crowns("#3b7263", 4, [8, 75, 22, 76, 62, 76]),
    p.fill("#5b93a2", p.box(0, 79, 84, 25)),
    p.stroke("#b6d4d4", 1.3, p.glints([4, 85, 12, 34, 84, 12, 20, 91, 6, 8, 99, 14, 36, 100, 8])),
    p.fill(p.paper, p.hull(24, 94, 22)),
    p.fill("#e9b45c", "M15 94L18 89H30L33 94z"),
    p.stroke("#6d4f38", 3, "M86 62C82 72 80 88 82 106"),
    p.stroke(
      "#6d4f38",
      2,
      "M84 66C80 58 74 52 68 46M82 82C78 80 74 76 70 72M81 98C74 100 66 98 58 93M80 90L74 88",
    ),
    p.fill("#a5382a", ...open.map(([x, y]) => p.petals(x, y, 12, 4, -165, -15, 0.5))),
    p.fill(p.accent, ...open.map(([x, y]) => p.petals(x, y + 1, 10.5, 3, -130, -50, 0.55))),
    p.stroke(
      "#f3cd6b",
      1,
      ...open.map(([x, y]) => `M${x} ${y}v-5M${x} ${y}l-2.5 -4M${x} ${y}l2.5 -4`),
    ),
    p.dots("#5a4030", 4.4, [68, 45, 70, 72, 58, 93, 73, 88]),
  ].join("");
}

/** A bay with mangroves and an egret, bougainvillea above the sails. */
export function shenzhen() {
  return [
    p.sky("#dcebea", "#edf3ea", 26),
    p.fill(
      "#b5cbd0",
      p.skyline([0, 54, 6, 48, 11, 55, 16, 44, 21, 52], 28, 62),
      "M30 62V32L33 24L36 32V62zM39 62V40L43 34V62z",
      p.skyline([45, 52, 50, 46, 55, 54], 60, 62),
    ),
    p.fill("#7fab98", p.hill([0, 60, 14, 54, 26, 59, 44, 57, 60, 46, 72, 50, 84, 42])),
    p.fill("#528c7a", p.hill([26, 64, 46, 60, 60, 55, 72, 58, 84, 53], 66)),
    p.fill("#3f8ea0", p.box(0, 63, 84, 41)),
    p.fill("#2f7688", p.hill([0, 78, 22, 75, 44, 79, 66, 76, 84, 79])),
    p.fill("#25647a", p.hill([0, 92, 24, 88, 48, 93, 66, 90, 84, 93])),
    p.stroke("#cfe6e2", 1.6, p.ripple(0, 69, 84, 21, 1.6), p.ripple(-8, 84, 84, 24, 2)),
    p.fill(
      p.paper,
      p.hull(42, 78, 15),
      p.sails(41, 77, 20),
      p.hull(70, 68, 8),
      p.sails(69.5, 67.5, 9),
    ),
    p.fill(p.accent, "M41 57V77H51Q52 69 41 57z"),
    p.stroke(
      "#4a3b32",
      1.8,
      "M6 84Q6 96 -2 104M8 84Q10 94 4 106M10 84Q14 94 14 106M14 84Q20 92 24 104M16 84Q26 90 33 102",
    ),
    p.crowns("#2f6b52", 9, [2, 80, 15, 83]),
    p.crowns("#4f9168", 6, [8, 77, 22, 82, 0, 86]),
    p.fill("#8c7a5e", p.hill([48, 104, 58, 100, 72, 98, 84, 99])),
    p.fill(p.paper, p.egret.body(66, 88, 1.1)),
    p.stroke(p.paper, 1.6, p.egret.neck(66, 88, 1.1)),
    p.stroke(p.ink, 0.9, p.egret.legs(66, 88, 1.1), p.egret.bill(66, 88, 1.1)),
    p.stroke("#5d4535", 2, "M88 6Q74 6 62 18M78 7Q78 18 70 28M66 14Q58 12 50 16"),
    p.fill("#6f9d5e", p.lens(76, 14, 84, 20, 3), p.lens(56, 13, 52, 8, 3)),
    p.flowers("#b83a72", 7, [63, 19, 71, 28, 52, 16, 79, 8], 3),
    p.flowers("#d9608f", 5.5, [68, 12, 78, 20, 60, 26], 3),
    p.dots("#fbe3a6", 2, [63, 19, 71, 28, 52, 16, 79, 8, 68, 12, 78, 20, 60, 26]),
  ].join("");
}
