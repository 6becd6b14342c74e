import buildCompilers from '@fastify/ajv-compiler';
import { expect, it } from 'vitest';
import type { Route } from './http/index.ts';
import { allRoutes } from './routes.ts';
import { openParts } from './testing/open-parts.ts';
import { makeGate } from './users/index.ts';

async function withRoutes(look: (routes: readonly Route[]) => void): Promise<void> {
  const parts = await openParts();
  try {
    look(allRoutes(parts, makeGate(parts)));
  } finally {
    await parts.close();
  }
}

it('has one route for each method and path', () =>
  withRoutes((routes) => {
    const names = routes.map(({ method, path }) => `${method} ${path.replace(/:\w+/g, ':x')}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  }));

/** A number beyond what is exact is none that the database holds, and PostgreSQL refuses it. */
it('takes no whole number in a path that is not exact', () =>
  withRoutes((routes) => {
    const endless = routes.flatMap(({ method, path, params }) =>
      Object.entries(
        (params?.properties ?? {}) as Record<string, { readonly type?: string; readonly maximum?: number }>,
      )
        .filter(
          ([, { type, maximum = Number.POSITIVE_INFINITY }]) => type === 'integer' && !Number.isSafeInteger(maximum),
        )
        .map(([name]) => `${method} ${path}: ${name}`),
    );
    expect(endless).toEqual([]);
  }));

/** A server compiles them one by one, when they are needed. */
it('has no check of a request that cannot be compiled', () =>
  withRoutes((routes) => {
    const compile = buildCompilers()({}, { customOptions: {} });
    for (const { params, query, body } of routes) {
      const schemas = [params, query, body === 'stream' ? undefined : body].filter((schema) => schema !== undefined);
      for (const schema of schemas) expect(compile({ schema })).toBeTypeOf('function');
    }
  }));
