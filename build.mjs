// Builds everything the browser gets into static/build/: one stylesheet, small modules, our fonts, the icons in use.
// node build.mjs [--watch]
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";

const watch = process.argv.includes("--watch");
const out = "static/build";
const fonts = [
  ...["latin", "latin-ext"].map((set) => `bricolage-grotesque/files/bricolage-grotesque-${set}-wght-normal.woff2`),
  ...["latin", "latin-ext"].map((set) => `instrument-sans/files/instrument-sans-${set}-wght-normal.woff2`),
  "instrument-sans/files/instrument-sans-latin-wght-italic.woff2",
];

function copyFonts() {
  mkdirSync(join(out, "fonts"), { recursive: true });
  for (const font of fonts) {
    cpSync(join("node_modules/@fontsource-variable", font), join(out, "fonts", font.split("/").pop()));
  }
}

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !/^(node_modules|static|var|locale|tests|migrations|__pycache__|\..*)$/.test(entry.name)) {
      yield* sources(path);
    } else if (/\.(html|py)$/.test(entry.name)) yield path;
  }
}

// Any quoted word that is the name of an icon counts: names also live in Python tables.
function writeIcons() {
  const folder = "node_modules/lucide-static/icons";
  const known = new Set(readdirSync(folder).map((name) => name.replace(".svg", "")));
  const used = {};
  for (const path of sources(".")) {
    for (const [, name] of readFileSync(path, "utf8").matchAll(/["']([a-z0-9]+(?:-[a-z0-9]+)*)["']/g)) {
      if (!known.has(name) || used[name]) continue;
      const svg = readFileSync(join(folder, `${name}.svg`), "utf8");
      used[name] = svg.replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "").replace(/\s+/g, " ").trim();
    }
  }
  const sorted = Object.fromEntries(Object.entries(used).sort());
  writeFileSync(join(out, "icons.json"), JSON.stringify(sorted));
}

function tailwind() {
  const args = ["node_modules/@tailwindcss/cli/dist/index.mjs", "-i", "assets/css/app.css", "-o", `${out}/app.css`, "--minify"];
  const child = spawn(process.execPath, watch ? [...args, "--watch=always"] : args, { stdio: ["ignore", "ignore", "inherit"] });
  return new Promise((done, failed) => {
    child.on("exit", (code) => (code ? failed(new Error(`Tailwind stopped with ${code}`)) : done()));
    if (watch) done();
  });
}

const scripts = {
  entryPoints: ["assets/js/app.js"],
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  outdir: out,
  chunkNames: "chunks/[name]-[hash]",
  minify: !watch,
  sourcemap: watch ? "linked" : false,
  logLevel: "warning",
};

if (existsSync(join(out, "chunks"))) rmSync(join(out, "chunks"), { recursive: true });
copyFonts();
writeIcons();
await tailwind();
if (watch) await (await esbuild.context(scripts)).watch();
else await esbuild.build(scripts);
