import { describe, expect, it } from 'vitest';
import { parseProcessTable } from './ps-table.ts';

/** What ps does not tell everywhere. */
const UNKNOWN = { hasTerminal: false, startedAt: 0, isHeadless: false };

describe('the process table of ps', () => {
  it('is read without zombies', () => {
    const table =
      '    1     0     1 Ss   init\n  412     1   412 T+   a b\n  413   412   412 Z    sh\n 9999   412   412 R    make\n';
    expect(parseProcessTable(table)).toEqual([
      { pid: 1, name: 'init', parent: 0, group: 1, session: 1, ...UNKNOWN },
      { pid: 412, name: 'a b', parent: 1, group: 412, session: 412, ...UNKNOWN },
      { pid: 9999, name: 'make', parent: 412, group: 412, session: 412, ...UNKNOWN },
    ]);
  });
});
