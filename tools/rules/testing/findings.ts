import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import { type Finding, readSources, type SourceFile } from '../source-file.ts';

const trees: string[] = [];
afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true });
});

/** Plants files in a tree of their own and says what a check finds, as `path:line: message`. */
export function findings(
  check: (files: readonly SourceFile[], root: string) => readonly Finding[],
  files: Readonly<Record<string, string>>,
): readonly string[] {
  const tree = mkdtempSync(join(tmpdir(), 'epilogue-rules-'));
  trees.push(tree);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  return check(readSources(tree), tree).map(({ path, line, level, message }) => `${level} ${path}:${line}: ${message}`);
}
