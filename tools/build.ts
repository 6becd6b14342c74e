import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles `src/main.ts` into `dist/`: `main.js` and one chunk for each lazily loaded part, with the dependencies inside, so
 * that a released `dist/` runs with `node dist/main.js` and nothing installed.
 */
const root = join(import.meta.dirname, '..');
const outdir = join(root, 'dist');
const keepOldChunksMs = 24 * 60 * 60 * 1000;

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outdir,
  bundle: true,
  splitting: true,
  write: false,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  chunkNames: 'chunks/[name]-[hash]',
  legalComments: 'none',
  logLevel: 'warning',
});

// Dependencies that are CommonJS call `require` for Node's own modules, which an ES module doesn't have.
const requireForCommonJs =
  'import { createRequire as epilogueCreateRequire } from "node:module";const require = epilogueCreateRequire(import.meta.url);\n';

mkdirSync(join(outdir, 'chunks'), { recursive: true });
// Chunks first, main.js last, each by rename: a program that starts in this moment finds either the old set or the new one.
const isMain = (path: string): number => (basename(path) === 'main.js' ? 1 : 0);
for (const { path, text } of outputFiles.toSorted((a, b) => isMain(a.path) - isMain(b.path))) {
  const unfinished = `${path}.${process.pid}.tmp`;
  writeFileSync(unfinished, text.includes('__require') ? requireForCommonJs + text : text);
  renameSync(unfinished, path);
}
writeFileSync(join(outdir, 'package.json'), '{"type":"module"}\n');
removeOldChunks(new Set(outputFiles.map(({ path }) => basename(path))));

/** Not at once: a run that started before this build still loads the chunks of its own build, last of all when it cleans up. */
function removeOldChunks(current: ReadonlySet<string>): void {
  const chunks = join(outdir, 'chunks');
  for (const name of readdirSync(chunks)) {
    const path = join(chunks, name);
    if (!current.has(name) && statSync(path).mtimeMs < Date.now() - keepOldChunksMs) rmSync(path);
  }
}
