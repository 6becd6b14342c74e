import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tools/gate/order/longest-first.ts';

/** Tests that make networks: a browser that loads something at that moment gives up (ERR_NETWORK_CHANGED). */
const IN_DOCKER = ['test/docker/**/*.e2e.test.ts', 'test/run/containers.e2e.test.ts'];

/**
 * Four projects: `unit` is fast and starts nothing but what a room is about; `e2e` starts the real program from `dist/`; `docker` does too, when the others have
 * ended; `campaign` kills it at random moments, a few runs at a time, because most of a run is waiting.
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
      {
        test: {
          name: 'e2e',
          include: ['test/**/*.e2e.test.ts'],
          exclude: IN_DOCKER,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'docker',
          include: IN_DOCKER,
          testTimeout: 90_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
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
