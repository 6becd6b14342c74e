import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** A directory for one test file, removed after its last test; `fresh` names a new place in it, and makes nothing. */
export function useTemporaryDirectory(): { fresh(): string } {
  let dir = '';
  let count = 0;
  beforeAll(() => {
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-blobs-')));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return {
    fresh() {
      count += 1;
      return join(dir, String(count));
    },
  };
}
