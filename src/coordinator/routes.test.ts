import { expect, it } from 'vitest';
import { allRoutes } from './routes.ts';
import { openParts } from './testing/open-parts.ts';
import { makeGate } from './users/index.ts';

it('has one route for each method and path', async () => {
  const parts = await openParts();
  try {
    const names = allRoutes(parts, makeGate(parts)).map(
      ({ method, path }) => `${method} ${path.replace(/:\w+/g, ':x')}`,
    );
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  } finally {
    await parts.close();
  }
});
