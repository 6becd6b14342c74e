import { posix } from 'node:path';
import { isFixture, isTest, placeOf } from './rooms.ts';
import type { Finding, SourceFile } from './source-file.ts';

/**
 * What belongs to the tests is told from the product by where it stands and what it is called: a file that only tests use stands in a
 * folder `testing`, and a test is named for the file beside it (`claim.test.ts`, `claim.late.test.ts`) or for its folder.
 */
export function checkTests(files: readonly SourceFile[]): readonly Finding[] {
  return [...checkNames(files), ...checkSupport(files)];
}

function checkNames(files: readonly SourceFile[]): readonly Finding[] {
  const known = new Set(files.map(({ path }) => path));
  const tests = files.filter(({ path }) => /\.test\.tsx?$/.test(path) && !path.startsWith('test/') && !isFixture(path));
  return tests.flatMap(({ path }) => {
    const folder = posix.dirname(path);
    const [subject = ''] = posix.basename(path).split('.');
    if (
      known.has(`${folder}/${subject}.ts`) ||
      known.has(`${folder}/${subject}.tsx`) ||
      subject === posix.basename(folder)
    )
      return [];
    const message = `no ${subject}.ts beside it; name it for the file that it tests, or for its folder, and then .aspect`;
    return [{ path, line: 1, level: 'error', message }];
  });
}

function checkSupport(files: readonly SourceFile[]): readonly Finding[] {
  const graph = new Map(files.map((file) => [file.path, file]));
  const product = reachable('src/main.ts', graph);
  // Without an entry (a few files, in a test of another rule) nothing is known about who uses what.
  if (product.size === 0) return [];
  const lost = files.filter(({ path }) => isWired(path, product) && !isTest(path) && !product.has(path));
  const message = 'src/main.ts does not reach it; what only tests use stands in a folder named testing';
  return [
    ...lost.map(({ path }): Finding => ({ path, line: 1, level: 'error', message })),
    ...[...product].filter(isTest).map((path): Finding => ({ path, line: 1, level: 'error', message: usedByProduct })),
  ];
}

const usedByProduct = 'the product uses it, and it stands among the tests';

/** It stands in a room that the product enters; one that is still being built is not judged. */
function isWired(path: string, product: ReadonlySet<string>): boolean {
  const place = placeOf(path);
  return place?.kind === 'room' && product.has(`src/${place.room}/index.ts`);
}

function reachable(entry: string, graph: ReadonlyMap<string, SourceFile>): ReadonlySet<string> {
  const found = new Set(graph.has(entry) ? [entry] : []);
  for (const path of found) {
    for (const { target } of graph.get(path)?.imports ?? [])
      if (target !== null && graph.has(target)) found.add(target);
  }
  return found;
}
