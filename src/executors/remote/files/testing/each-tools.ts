import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { busyboxIn, gnu, type Tools } from './local-programs.ts';

/** The same tests with GNU's programs and dash, and with nothing but busybox. @param title with `$name` for whose */
export function describeWithEach(title: string, body: (tools: Tools) => void): void {
  const directory = mkdtempSync(join(tmpdir(), 'epilogue-busybox-'));
  const busybox = busyboxIn(directory);
  describe(title.replace('$name', gnu.name), () => body(gnu));
  describe.skipIf(busybox === null && process.env.CI !== 'true')(title.replace('$name', 'busybox'), () => {
    afterAll(() => rmSync(directory, { recursive: true, force: true }));
    if (busybox !== null) body(busybox);
  });
}
