import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ODD_FILES } from '../../../../test/support/files/odd-files.ts';
import { realClock } from '../../../base/index.ts';
import type { Coordinator } from '../../wire/coordinator.ts';
import { GOOD_RESULT } from '../testing/good-result.ts';
import { reportResult } from './report-job.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-report-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

/** What the coordinator is told. */
async function report(): Promise<object> {
  let said: object = {};
  const updateJob: Coordinator['updateJob'] = async (_, update) => {
    said = update;
    return { kind: 'go_on' };
  };
  const means = { coordinator: { updateJob } as Coordinator, clock: realClock, warn: () => {} };
  const told = { result: GOOD_RESULT, logFile: join(directory, 'log'), sendLogAgain: async () => {} };
  expect(await reportResult(means, { id: 1, token: 't' }, told, AbortSignal.timeout(1_000))).toBe('heard');
  return said;
}

it('tells how long the log is, and its checksum', async () => {
  writeFileSync(join(directory, 'log'), 'one\n');
  const checksum = 'crc32:f817a89f';
  expect(await report()).toMatchObject({ state: 'success', checksum, output: { checksum, bytesize: 4 } });
});

it.each(Object.entries(ODD_FILES))(
  'tells the result where a script has put %s in the place of the log',
  async (_, make) => {
    make(join(directory, 'log'));
    const told = await report();
    expect(told).toMatchObject({ state: 'success' });
    expect(told).not.toHaveProperty('output');
  },
);
