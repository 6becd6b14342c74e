import { afterAll, beforeAll, expect } from 'vitest';
import { describeOnEachEngine, type Engine } from '../../support/engines.ts';
import { Serving } from './serving.ts';

/** One server for all tests of `body`, which keep apart by projects. That it had nothing to complain of is looked at in the end. */
export function describeServing(
  flags: readonly string[],
  body: (serving: () => Serving, engine: Engine) => void,
): void {
  describeOnEachEngine((engine) => {
    let serving: Serving | null = null;

    beforeAll(async () => {
      serving = await Serving.start(engine, ...flags);
    });
    afterAll(async () => {
      try {
        await serving?.stop();
        expect(serving?.complaints()).toEqual([]);
      } finally {
        await serving?.dispose();
      }
    });

    body(() => {
      if (serving === null) throw new Error('the server has not been started');
      return serving;
    }, engine);
  });
}
