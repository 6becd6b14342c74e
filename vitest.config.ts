import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tools/gate/order/longest-first.ts';

/**
 * Three projects: `unit` is fast and starts nothing but what a room is about; `e2e` starts the real program from `dist/`; `campaign` kills
 * it at random moments, a few runs at a time, because most of a run is waiting.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'tools/**/*.test.ts', 'web/src/**/*.test.{ts,tsx}'],
          testTimeout: 20_000,
        },
      },
      { test: { name: 'e2e', include: ['test/**/*.e2e.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
      {
        test: {
          name: 'campaign',
          include: ['test/{campaign,crash}/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxConcurrency: 6,
        },
      },
    ],
  },
});
