import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'vite';
import { generatePageApi } from './generate-page-api.ts';

/**
 * Builds `web/` into `dist/web`: `index.html` and flat files with hashes, each also as `.br` and `.gz`. The document comes last, and what
 * the builds before have made stays for a day: a tab that is open loads the parts of its own build.
 */
export async function buildPage(root: string, keepOldMs: number): Promise<void> {
  generatePageApi();
  const built = await build({
    configFile: join(root, 'web/vite.config.ts'),
    logLevel: 'warn',
    build: { write: true },
  });
  const names = outputsOf(built).flatMap(({ output }) => output.map(({ fileName }) => fileName));
  const directory = join(root, 'dist/web');
  await Promise.all(names.map((name) => compress(join(directory, name))));
  removeOld(directory, new Set(names), keepOldMs);
}

type Built = Awaited<ReturnType<typeof build>>;
type Output = Extract<Built, { output: unknown }>;

function outputsOf(built: Built): readonly Output[] {
  return (Array.isArray(built) ? built : [built]).filter((one): one is Output => 'output' in one);
}

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

async function compress(path: string): Promise<void> {
  const bytes = readFileSync(path);
  const [br, gz] = await Promise.all([
    brotli(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
    gzipped(bytes, { level: 9 }),
  ]);
  writeFileSync(`${path}.br`, br);
  writeFileSync(`${path}.gz`, gz);
}

function removeOld(directory: string, current: ReadonlySet<string>, keepMs: number): void {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (current.has(name.replace(/\.(br|gz)$/, ''))) continue;
    if (statSync(path).mtimeMs < Date.now() - keepMs) rmSync(path, { recursive: true });
  }
}
