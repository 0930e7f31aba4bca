/*
 * Bundles what browsers load into static/dist under hashed names, and writes down which name is
 * which.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { stamps } from "./static/stamps/regions.mjs";
import { render } from "./static/stamps/render.mjs";

const top = fileURLToPath(new URL(".", import.meta.url));
const from = (...parts) => join(top, "static", ...parts);
const dist = from("dist");
const lucide = join(top, "node_modules", "lucide-static", "icons");
const manifest = {};

/* A name that changes with the content, so that a browser may keep the file for ever. */
function emit(logical, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8);
  const ending = extname(logical);
  const name = `${logical.slice(0, -ending.length)}-${hash}${ending}`;
  writeFileSync(join(dist, name), content);
  manifest[logical] = name;
}

/* One sprite with only the icons that pages use; the licence of the drawings travels with them. */
function sprite() {
  const names = JSON.parse(readFileSync(from("img", "icons.json"), "utf8"));
  const symbols = names.map((name) => {
    const drawing = readFileSync(join(lucide, `${name}.svg`), "utf8");
    const start = drawing.indexOf(">", drawing.indexOf("<svg")) + 1;
    const inner = drawing.slice(start, drawing.lastIndexOf("</svg>"));
    return `<symbol id="i-${name}" viewBox="0 0 24 24">${inner.replace(/\s*\n\s*/g, "")}</symbol>`;
  });
  const licence = "<!-- Icons: Lucide, ISC licence, lucide.dev/license -->";
  return `<svg xmlns="http://www.w3.org/2000/svg">${licence}${symbols.join("")}</svg>\n`;
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(join(dist, "stamps"), { recursive: true });

/*
 * Chromium 99 is the first with cascade layers: the oldest browser that shows the pages as drawn.
 */
const target = ["chrome99", "firefox97", "safari15.4"];
const { metafile } = await build({
  absWorkingDir: top,
  entryPoints: [
    "static/css/app.css",
    "static/css/app.rtl.css",
    "static/css/special.css",
    "static/css/newsroom.css",
    "static/css/reviewing.css",
    "static/js/boot.js",
    "static/js/behaviours/live.js",
    "static/js/behaviours/chat.js",
    "static/js/behaviours/cover.js",
    "static/js/behaviours/issue-plan.js",
    "static/js/behaviours/place-remark.js",
    "static/js/behaviours/tracked.js",
    "static/js/behaviours/keys.js",
  ],
  outdir: "static/dist",
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".svg": "file" },
  bundle: true,
  format: "esm",
  minify: true,
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
  target,
});
for (const [path, output] of Object.entries(metafile.outputs)) {
  if (output.entryPoint) manifest[basename(output.entryPoint)] = basename(path);
}

emit("icons.svg", sprite());
/* Pictures that a style sheet names have come along with it. */
for (const name of readdirSync(from("img"))) {
  if (extname(name) === ".json" || metafile.inputs[`static/img/${name}`]) continue;
  emit(name, readFileSync(from("img", name)));
}
for (const stamp of stamps) emit(`stamps/${stamp.slug}.svg`, render(stamp));

/*
 * The worker comes last, for it is told the names of all the others. Stamps are so many that it
 * learns of each when a page shows it.
 */
async function worker() {
  const names = Object.entries(manifest).filter(([logical]) => !logical.startsWith("stamps/"));
  for (const [path, output] of Object.entries(metafile.outputs)) {
    const name = basename(path);
    if (!output.entryPoint) names.push([name.replace(/-[0-9A-Za-z]{8}(?=\.\w+$)/, ""), name]);
  }
  const { outputFiles } = await build({
    absWorkingDir: top,
    entryPoints: ["static/js/worker/worker.js"],
    define: { BUILT: JSON.stringify(Object.fromEntries(names)) },
    bundle: true,
    format: "iife",
    minify: true,
    write: false,
    legalComments: "none",
    logLevel: "warning",
    target,
  });
  emit("worker.js", outputFiles[0].contents);
}

await worker();
writeFileSync(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
