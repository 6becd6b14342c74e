import { expect, it } from 'vitest';
import { Failure } from '../../base/index.ts';
import { Control } from '../control.ts';
import type { JobOptions } from '../job-options.ts';
import type { Journal } from '../journal/journal.ts';
import { abandon } from './accept-job.ts';

it('fails a job without a place, and no other, also when that cannot be written down', () => {
  const told: string[] = [];
  const options = {
    directory: '/nowhere',
    control: new Control(),
    ports: { trouble: (text: string) => told.push(text) },
  };
  let isClosed = false;
  const journal = {
    progress: { owed: false },
    append() {
      throw new Failure('journal_unwritable', 'no space left');
    },
    close() {
      isClosed = true;
    },
  };
  const noPlace = new Failure('executor_unavailable', 'no space for the place');
  const result = abandon(options as unknown as JobOptions, journal as unknown as Journal, noPlace);
  expect(result).toMatchObject({ status: 'failed', cleanup: { outcome: 'not_owed' } });
  expect(told).toEqual(['no space for the place', 'no space left']);
  expect(isClosed).toBe(true);
});
