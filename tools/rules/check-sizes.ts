import { posix } from 'node:path';
import { isFixture } from './rooms.ts';
import type { Finding, SourceFile } from './source-file.ts';

const maxLines = 250;
const maxFilesInFolder = 15;

/** Tests count like what they stand beside; only fixtures, which are data, do not. */
export function checkSizes(files: readonly SourceFile[]): readonly Finding[] {
  const own = files.filter(({ path }) => !isFixture(path));
  const findings: Finding[] = [];
  for (const { path, lines } of own) {
    if (lines <= maxLines) continue;
    const message = `${lines} lines, at most ${maxLines}; split it by reason to change`;
    findings.push({ path, line: lines, level: 'error', message });
  }
  const folders = Map.groupBy(own, ({ path }) => posix.dirname(path));
  for (const [folder, { length }] of folders) {
    if (length <= maxFilesInFolder) continue;
    findings.push({ path: folder, line: 1, level: 'error', message: `${length} files, at most ${maxFilesInFolder}` });
  }
  return findings;
}
