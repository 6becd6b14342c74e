import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { buildPage } from './page/build-page.ts';
import { generatePageApi } from './page/generate-page-api.ts';

/**
 * Bundles `src/main.ts` into `dist/`: `main.js` and one chunk for each lazily loaded part, with the dependencies inside, so
 * that a released `dist/` runs with `node dist/main.js` and nothing installed. The page goes into `dist/web`; `--no-page` leaves it as it is, and
 * makes only the types that its sources are checked with.
 */
const root = join(import.meta.dirname, '..');
const outdir = join(root, 'dist');
const keepOldChunksMs = 24 * 60 * 60 * 1000;

/** Packages that a source loads with `require` on first use, because only `require` can be lazy in a synchronous function. */
const loadedLate = ['re2js'];

// Dependencies that are CommonJS call `require` for Node's own modules, which an ES module doesn't have.
const requireForCommonJs =
  'import { createRequire as epilogueCreateRequire } from "node:module";const require = epilogueCreateRequire(import.meta.url);\n';

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node24',
  legalComments: 'none',
  logLevel: 'warning',
} satisfies BuildOptions;

mkdirSync(join(outdir, 'chunks'), { recursive: true });
try {
  const page = process.argv.includes('--no-page') ? generatePageApi() : buildPage(root, keepOldChunksMs);
  await Promise.all([bundleProgram(), ...loadedLate.map(bundlePackage), page]);
} catch {
  process.exit(1); // esbuild, or Vite, has printed what is wrong and where
}

async function bundleProgram(): Promise<void> {
  const { outputFiles } = await build({
    ...common,
    entryPoints: ['src/main.ts'],
    outdir,
    splitting: true,
    format: 'esm',
    chunkNames: 'chunks/[name]-[hash]',
    define: { EPILOGUE_VERSION: JSON.stringify(version) },
    write: false,
  });
  writeFileSync(join(outdir, 'package.json'), '{"type":"module"}\n');
  // Chunks first, main.js last, each by rename: a program that starts in this moment finds either the old set or the new one.
  const isMain = (path: string): number => (basename(path) === 'main.js' ? 1 : 0);
  for (const { path, text } of outputFiles.toSorted((a, b) => isMain(a.path) - isMain(b.path))) {
    const unfinished = `${path}.${process.pid}.tmp`;
    writeFileSync(unfinished, text.includes('__require') ? requireForCommonJs + text : text);
    renameSync(unfinished, path);
  }
  removeOldChunks(new Set(outputFiles.map(({ path }) => basename(path))));
}

async function bundlePackage(name: string): Promise<void> {
  await build({ ...common, entryPoints: [name], outfile: join(outdir, `node_modules/${name}.js`), format: 'cjs' });
  writeFileSync(join(outdir, 'node_modules/package.json'), '{"type":"commonjs"}\n');
}

/** Not at once: a run that started before this build still loads the chunks of its own build, last of all when it cleans up. */
function removeOldChunks(current: ReadonlySet<string>): void {
  const chunks = join(outdir, 'chunks');
  for (const name of readdirSync(chunks)) {
    const path = join(chunks, name);
    if (!current.has(name) && statSync(path).mtimeMs < Date.now() - keepOldChunksMs) rmSync(path);
  }
}
