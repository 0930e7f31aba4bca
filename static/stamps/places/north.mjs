/** Stamps of the north: gate tower and ginkgo, river wheel, stone bridge, loess, red beach, crater lake, snow. */

import * as p from "../parts.mjs";

/** A gate tower over golden ginkgo, swifts around its roof. */
export function beijing() {
  const roofs = "#2c3a52";
  return [
    p.sky("#d6e4e6", "#e8efea", 27),
    p.sun(70, 22, 8, "#e9b45c"),
    p.fill("#b4c6cb", p.hill([0, 70, 14, 64, 30, 68, 60, 63, 84, 69])),
    p.fill("#9c4331", p.batter(12, 68, 64, 26, 5)),
    p.fill("#b5573f", p.batter(44, 68, 32, 26, 5)),
    p.fill("#e6d3a8", p.box(15, 64, 58, 5)),
    p.stroke("#b98f55", 1, p.posts(18, 70, 14, 65.5, 68)),
    p.fill("#3a2a2c", p.arch(44, 94, 13, 19)),
    p.stroke("#e6d3a8", 1.4, "M36.8 94V81.5a7.2 7.2 0 0 1 14.4 0V94"),
    p.fill("#c9a063", p.box(24, 51, 40, 13)),
    p.fill(p.accent, p.box(24, 51, 40, 3)),
    p.stroke("#8c3b2c", 2, p.posts(26, 62, 7, 53, 63)),
    p.fill(roofs, p.roof(44, 40, 33, 12, 20, 4)),
    p.fill(p.accent, p.box(29, 32, 30, 8)),
    p.fill("#f3d07a", p.windows(32, 34, 5, 1, 5, 3.5)),
    p.fill(roofs, p.roof(44, 18, 25, 15, 13, 4)),
    p.stroke("#c9a063", 1.6, "M31 18.5H57M25 40.5H63"),
    p.fill(roofs, p.swift(63, 9, 0.5), p.swift(77, 37, 0.4, { flip: true }), p.swift(35, 9, 0.35)),
    p.crowns("#c98f2b", 12, [3, 95, 81, 94]),
    p.crowns("#e2ad3f", 12, [17, 100, 66, 100]),
    p.crowns("#f3cd6b", 8, [20, 103, 69, 102, 1, 101, 43, 106]),
  ].join("");
}

/** The great wheel that stands on a bridge over the Haihe. */
export function tianjin() {
  const [x, y, radius] = [48, 40, 27];
  const rim = p.ring(x, y, radius, 14, 0);
  const spokes = Array.from({ length: 7 }, (_, i) => {
    return p.lines([...rim.slice(2 * i, 2 * i + 2), ...rim.slice(2 * i + 14, 2 * i + 16)]);
  });
  return [
    p.sky("#d9e3ef", "#eaeef0", 24),
    p.fill(
      "#bccbdc",
      p.skyline([0, 62, 6, 57, 12, 64, 19, 50, 25, 60, 62, 60, 66, 46, 72, 56, 79, 61], 84, 78),
    ),
    p.stroke("#8fa3b8", 0.6, ...spokes),
    p.stroke("#48607e", 2.2, p.disc(x, y, radius)),
    p.stroke("#8fa3b8", 0.8, p.disc(x, y, radius - 4)),
    p.dots(p.accent, 4.6, p.ring(x, y, radius, 7, 0)),
    p.dots("#f0c768", 4.6, p.ring(x, y, radius, 7, 360 / 14)),
    p.stroke("#2f4661", 2.6, `M${x} ${y}L34 77M${x} ${y}L62 77`),
    p.fill("#2f4661", p.disc(x, y, 3.2)),
    p.fill("#4f84a0", p.box(0, 78, 84, 26)),
    p.fill(
      "#e6e9e6",
      p.box(0, 72, 84, 5),
      "M0 77H84V87H80Q79 79 71 79Q63 79 62 87H56Q55 78 45 78Q35 78 34 87H28Q27 79 19 79Q11 79 10 87H6Q5 81 0 80z",
    ),
    p.stroke("#9fb0c0", 1, p.posts(1, 83, 18, 69.6, 72), "M0 69.6H84M0 77H84"),
    p.stroke(
      "#a9cbd6",
      1.4,
      p.glints([3, 93, 9, 18, 98, 12, 56, 92, 12, 70, 98, 10, 36, 90, 8, 46, 101, 14]),
    ),
    p.fill(p.paper, p.hull(34, 95, 22), "M27 91h13l2 4H26z"),
    p.fill(p.accent, p.box(23.5, 95, 20.5, 1.2)),
  ].join("");
}

/** The open stone arch of Zhaozhou among pear blossom. */
export function hebei() {
  return [
    p.sky("#e6edda", "#f3f2e2", 24),
    p.sun(36, 30, 8),
    p.fill("#bfd0c0", p.ridge([0, 57, 10, 48, 20, 52, 34, 40, 46, 50, 58, 42, 70, 50, 84, 44])),
    p.fill("#9db8a4", p.hill([0, 60, 20, 56, 44, 59, 66, 55, 84, 58])),
    p.fill("#5f9a90", p.box(0, 76, 84, 28)),
    p.fill("#8dbcab", "M12 81Q42 110 72 81z"),
    p.pierced(
      "#e0d3b6",
      "M0 66Q42 46 84 66V86H74Q64 62 42 62Q20 62 10 86H0z",
      p.arch(8, 74, 6, 8),
      p.arch(17, 67, 5.5, 6),
      p.arch(67, 67, 5.5, 6),
      p.arch(76, 74, 6, 8),
    ),
    p.stroke("#a8946c", 1.8, "M10 86Q20 62 42 62Q64 62 74 86"),
    p.stroke("#c4b38c", 0.7, "M42 57V61M34 57.5L33 62M50 57.5L51 62M27 60L25 65M57 60L59 65"),
    p.stroke("#8f7c58", 1.2, "M0 66Q42 46 84 66"),
    p.stroke(
      "#e9dfc6",
      1.5,
      "M0 62.5Q42 42.5 84 62.5",
      ...[6, 14, 22, 30, 38, 46, 54, 62, 70, 78].map(
        (x) => `M${x} ${66 - 10 * (1 - ((x - 42) / 42) ** 2)}v-3`,
      ),
    ),
    p.fill(
      "#7a9a6a",
      p.hill([0, 84, 6, 83, 12, 88, 14, 104]),
      p.hill([68, 104, 72, 88, 78, 83, 84, 84]),
    ),
    p.stroke("#b5d6c6", 1.2, p.glints([18, 92, 8, 52, 95, 12, 30, 100, 14, 60, 101, 8])),
    p.stroke("#6d4f38", 2, "M86 4Q70 8 56 20M76 8Q72 16 74 26M66 12Q60 12 52 9"),
    p.fill(
      "#8fae6b",
      p.lens(62, 15, 64, 21, 2),
      p.lens(80, 6, 80, 13, 2),
      p.lens(58, 11, 56, 5, 2),
    ),
    p.flowers(p.paper, 6, [56, 20, 74, 27, 68, 9, 51, 9, 80, 16]),
    p.dots(p.accent, 2.6, [56, 20, 74, 27, 68, 9, 51, 9, 80, 16]),
  ].join("");
}

/** Loess terraces and cave dwellings, with jujubes ripe in front. */
export function shanxi() {
  return [
    p.sky("#f0ead8", "#f7f3e6", 25),
    p.sun(64, 24, 7, "#eebf66"),
    p.fill("#e3cfa4", "M0 54L8 50H26L32 44H52L58 38H74L84 42V104H0z"),
    p.fill("#d4b67c", "M0 62L14 58H30L38 52H58L66 47H84V104H0z"),
    p.stroke("#8fa06a", 1.6, "M8 50H26M32 44H52M58 38H74M14 58H30M38 52H58M66 47H84"),
    p.fill("#c39a5c", "M0 70Q10 64 22 66Q40 58 60 60Q74 56 84 58V104H0z"),
    p.crowns("#8fa06a", 3.4, [8, 64, 24, 63, 74, 55, 65, 57]),
    p.fill("#ad7d42", "M0 94V70Q20 66 42 67T84 66V94z"),
    p.fill("#e8cf9a", p.arch(14, 92, 19, 20), p.arch(38, 92, 19, 20), p.arch(62, 92, 19, 20)),
    p.fill("#5a3b26", p.arch(14, 92, 15, 17.5), p.arch(38, 92, 15, 17.5), p.arch(62, 92, 15, 17.5)),
    p.fill(
      p.paper,
      "M7.5 80.5a6.6 6.6 0 0 1 13 0zM31.5 80.5a6.6 6.6 0 0 1 13 0zM55.5 80.5a6.6 6.6 0 0 1 13 0z",
      p.box(15.5, 82, 5.5, 6),
      p.box(39.5, 82, 5.5, 6),
      p.box(63.5, 82, 5.5, 6),
    ),
    p.stroke(
      "#8a5a34",
      0.8,
      "M14 75V80.5M38 75V80.5M62 75V80.5M18.2 82v6M15.5 85h5.5M42.2 82v6M39.5 85h5.5M66.2 82v6M63.5 85h5.5",
    ),
    p.fill(p.accent, p.box(8.5, 82, 5, 10), p.box(32.5, 82, 5, 10), p.box(56.5, 82, 5, 10)),
    p.fill("#d9b478", p.hill([0, 93, 30, 91, 60, 93, 84, 91])),
    p.stroke("#5d4029", 2, "M86 72Q76 78 74 104M76 86Q70 80 66 70M80 76Q76 70 76 62"),
    p.fill(
      "#6c8a4f",
      p.lens(66, 70, 60, 64, 3),
      p.lens(68, 74, 73, 68, 3),
      p.lens(76, 62, 72, 54, 3),
      p.lens(77, 68, 84, 62, 3),
      p.lens(74, 92, 66, 90, 3),
      p.lens(71, 80, 63, 80, 3),
    ),
    p.stroke(p.accent, 4, "M67 79v1M72 73v1M79 72v1M72.5 64v1M70 93v1M62.5 69v1M80 84v1"),
  ].join("");
}

/** The red beach, its tidal creek branching like a tree, and gulls. */
export function liaoning() {
  return [
    p.sky("#d9e6e6", "#ecf0ea", 26),
    p.fill("#a8c2c6", p.hill([0, 42, 20, 40, 50, 42, 84, 40])),
    p.fill("#7f9f86", p.hill([0, 47, 24, 44, 46, 47, 66, 44, 84, 46])),
    p.fill("#d8674a", p.hill([0, 50, 40, 48, 84, 50])),
    p.fill(p.accent, p.hill([0, 57, 30, 55, 60, 59, 84, 56])),
    p.fill("#b23c2f", p.hill([0, 70, 24, 66, 52, 72, 84, 67])),
    p.fill("#8f2f33", p.hill([0, 86, 22, 82, 50, 88, 84, 82])),
    p.fill(
      "#cfdedf",
      "M46 104C30 94 58 88 50 78C44 70 34 72 40 62C44 56 54 58 52 50H55C60 60 46 60 46 65C46 70 58 70 60 79C63 90 50 92 70 104z",
    ),
    p.stroke(
      "#cfdedf",
      2.2,
      "M52 82C62 84 64 76 78 76M40 66C30 66 28 60 14 61M47 91C34 90 32 84 12 88",
    ),
    p.stroke(
      "#cfdedf",
      1.2,
      "M66 78.5C70 82 76 82 82 83M28 63.5C22 66 16 66 6 68M30 88C26 92 22 93 14 95M70 76.5C72 72 76 70 84 69",
    ),
    p.stroke("#9fbac0", 1, "M50 100C46 94 57 92 55 84M45 72C40 68 45 64 46 62"),
    p.fill("#8fa1ad", p.gull.far(54, 30, 1.1), p.gull.far(72, 14, 0.5)),
    p.fill(p.paper, p.gull.body(54, 30, 1.1), p.gull.body(72, 14, 0.5)),
    p.fill("#c3ced4", p.gull.near(54, 30, 1.1), p.gull.near(72, 14, 0.5)),
    p.fill(p.ink, p.gull.dark(54, 30, 1.1), p.gull.dark(72, 14, 0.5)),
    p.fill(p.accent, p.gull.bill(54, 30, 1.1)),
    p.fill("#6f8f5f", p.tuft(8, 104, 22, 0.35), p.tuft(18, 106, 16, 0.4), p.tuft(78, 106, 20, 0.4)),
    p.fill("#e5c88a", p.plume(4, 106, 28), p.plume(12, 106, 22), p.plume(74, 108, 26)),
  ].join("");
}

/** A crater lake under its rim of peaks, with a rimed tree. */
export function jilin() {
  const rim = [0, 50, 8, 44, 16, 48, 27, 34, 36, 45, 45, 38, 54, 46, 66, 30, 75, 43, 84, 36];
  return [
    p.sky("#e0e2ee", "#efeef0", 24),
    p.sun(47, 34, 9),
    p.fill("#8e93b0", p.ridge(rim)),
    p.fill("#70769a", p.shade(rim, 3, 34), p.shade(rim, 7, 34), p.shade(rim, 5, 26)),
    p.fill(
      p.paper,
      p.snowcap(rim, 3, 8),
      p.snowcap(rim, 7, 10),
      p.snowcap(rim, 5, 5),
      p.snowcap(rim, 1, 4),
    ),
    p.fill("#a9a6b4", p.hill([0, 57, 14, 63, 30, 61, 52, 62, 70, 61, 84, 55])),
    p.fill("#2f5f96", p.oval(42, 76, 56, 14)),
    p.fill(
      "#21487a",
      "M0 67Q20 62 42 62T84 67Q76 68 70 74L64 67L54 68L44 70L36 67L27 74L18 67L8 69z",
    ),
    p.stroke("#b9d3e6", 1.2, p.glints([8, 75, 8, 34, 73, 12, 50, 79, 12, 20, 80, 9])),
    p.fill("#c3c9da", "M0 80C14 88 30 91 46 88C64 86 76 80 84 74V104H0z"),
    p.fill("#eef0f4", "M0 88C14 94 32 96 50 92C66 89 76 86 84 81V104H0z"),
    p.crowns("#c9d3e6", 11, [69, 78, 80, 84]),
    p.stroke("#5d6180", 2.4, "M70 104Q69 94 70 80M70 94L61 84M70 90L80 82"),
    p.crowns(p.paper, 8, [60, 79, 71, 71, 80, 77]),
    p.stroke(
      "#8d97b4",
      0.9,
      "M60 84V77M58 80L60 82L63 78M71 80V69M67 72L71 76L75 70M80 82V75M77 77L80 80L83 76",
    ),
    p.fill("#54678c", p.spruce(7, 99, 22), p.spruce(19, 102, 16)),
    p.fill(
      p.paper,
      p.polygon([7, 76.6, 9.6, 84.6, 8, 83.2, 6.4, 85, 4.4, 84.6]),
      p.polygon([19, 85.6, 21, 91.6, 19.4, 90.4, 17, 91.8]),
    ),
  ].join("");
}

/** White birches before a snowed-in cabin at dusk. */
export function heilongjiang() {
  return [
    p.sky("#d7ddec", "#e9ecf2", 26),
    p.fill("#f2dcd2", p.hill([0, 52, 30, 44, 60, 46, 84, 42], 66)),
    p.fill(
      "#7d93ad",
      p.each(p.spruce, [3, 64, 14, 11, 64, 18, 19, 63, 13, 46, 62, 16, 53, 62, 20, 61, 63, 15]),
    ),
    p.fill(
      "#5b7492",
      p.each(
        p.spruce,
        [7, 66, 12, 26, 64, 17, 33, 64, 12, 40, 63, 13, 66, 64, 20, 74, 64, 14, 81, 64, 18],
      ),
    ),
    p.fill("#eef1f4", p.hill([0, 64, 20, 61, 50, 65, 84, 61])),
    p.fill("#ccd8e6", "M0 80Q20 72 44 76Q64 80 84 74V84Q60 88 40 84Q16 82 0 90z"),
    p.fill("#dfe7f0", p.hill([0, 92, 24, 86, 54, 91, 84, 86])),
    p.fill("#b9c9dc", p.hill([0, 101, 30, 95, 60, 99, 84, 94])),
    p.fill("#7b5238", p.box(14, 66, 28, 15)),
    p.stroke("#5d3b28", 0.9, "M14 70H42M14 74H42M14 78H42"),
    p.fill("#f6c65f", p.box(18, 69, 6, 6), p.box(32, 69, 6, 6)),
    p.stroke("#5d3b28", 0.8, "M21 69V75M18 72H24M35 69V75M32 72H38"),
    p.fill(p.accent, p.box(25.5, 70, 5, 11)),
    p.fill("#8a6a55", p.box(34, 50, 4, 8)),
    p.fill(
      p.paper,
      "M9 66Q12 54 20 53H37Q44 55 47 66Q46 69 42 67Q28 65 14 67Q10 69 9 66zM33 51q3 -3 6 0z",
    ),
    p.fill("#ccd8e6", "M9 66Q22 61 47 66Q46 69 42 67Q28 65 14 67Q10 69 9 66z"),
    p.smoke(36, 47),
    p.fill(p.paper, "M52 104L56 0H60.5L59.5 104zM70 104L68.5 0H75L78.5 104z"),
    p.fill("#b3c0d2", "M52 104L56 0H57.5L55 104zM70 104L68.5 0H70.6L73 104z"),
    p.stroke(
      "#2f3a4d",
      1.2,
      p.scars(57, 3, [10, 24, 41, 57, 72, 88]),
      p.scars(70.5, 5, [6, 17, 33, 48, 63, 79, 95]),
    ),
    p.stroke(
      "#5f6f86",
      1.4,
      "M60 26Q65 20 64 8M56 36Q50 30 49 20M74 40Q80 34 80 24M76 60Q82 56 84 50M69 22Q66 18 66 12",
    ),
  ].join("");
}
