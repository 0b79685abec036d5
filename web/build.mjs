// Bundles the live parts of the portal into one flat directory.
//
//   node build.mjs [--outdir DIR]      (default: dist)
//
// Entries keep their names (app.js, pacte.css, map.css, print.css): the server adds a content hash to their address.
// What they load themselves (the map chunk, MapLibre's worker) carries its hash in its file name, so the directory can
// be served with a long cache under any address.
import { build } from "esbuild";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const flag = process.argv.indexOf("--outdir");
const outdir = resolve(flag > 0 ? process.argv[flag + 1] : join(here, "dist"));

/** `import url from "some/file.mjs?url"`: the file is copied beside the bundle and its relative address imported. */
const urlImports = {
  name: "url-imports",
  setup(b) {
    b.onResolve({ filter: /\?url$/ }, (args) => ({
      path: require.resolve(args.path.slice(0, -"?url".length), { paths: [args.resolveDir] }),
      namespace: "url",
    }));
    b.onLoad({ filter: /.*/, namespace: "url" }, async (args) => {
      const text = await readFile(args.path, "utf8");
      return { contents: text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"), loader: "file" };
    });
  },
};

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  outdir,
  logLevel: "warning",
  legalComments: "none",
  target: ["es2022", "chrome111", "firefox113", "safari16.4"],
};

const scripts = await build({
  ...common,
  metafile: true,
  entryPoints: { app: "src/app.ts" },
  format: "esm",
  splitting: true,
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  plugins: [urlImports],
});

const styles = await build({
  ...common,
  metafile: true,
  entryPoints: { pacte: "styles/pacte.css", map: "styles/map.css", print: "styles/print.css" },
});

await writeFile(join(outdir, "logo.svg"), await readFile(join(here, "styles/logo.svg")));
// The tokens alone, as the starting point of a theme.
await writeFile(join(outdir, "tokens.css"), await readFile(join(here, "styles/tokens.css")));
await writeFile(join(outdir, "licences.txt"), await licences());

// Compressed once here, so the server never compresses an asset.
for (const name of await readdir(outdir)) {
  const bytes = await readFile(join(outdir, name));
  if (bytes.length < 512 || extname(name) === ".gz" || extname(name) === ".br") continue;
  await writeFile(join(outdir, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  await writeFile(join(outdir, `${name}.br`), brotliCompressSync(bytes, { params }));
}

/** Licence text of every package whose code is in the bundle, or inside MapLibre's own bundle. */
async function licences() {
  const lock = JSON.parse(await readFile(join(here, "package-lock.json"), "utf8"));
  const bundled = new Set(
    [...Object.keys(scripts.metafile.inputs), ...Object.keys(styles.metafile.inputs)]
      .map((path) => /(?:^|\/|:)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1])
      .filter(Boolean),
  );
  // MapLibre ships its dependencies already bundled: they are what the lock file says it needs.
  for (const name of bundled) {
    for (const inner of Object.keys(lock.packages[`node_modules/${name}`]?.dependencies ?? {})) bundled.add(inner);
  }
  const parts = [];
  for (const name of [...bundled].sort()) {
    const folder = join(here, "node_modules", name);
    const files = await readdir(folder).catch(() => []);
    const text = files.find((file) => /^licen[cs]e/i.test(file));
    const { version, license } = lock.packages[`node_modules/${name}`] ?? {};
    parts.push(`${name} ${version} (${license})\n\n${text ? (await readFile(join(folder, text), "utf8")).trim() : "no licence file in the package"}\n`);
  }
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}
