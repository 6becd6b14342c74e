import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Route } from '../../src/coordinator/http/index.ts';
import { allRoutes } from '../../src/coordinator/routes.ts';
import { printRoutes } from './print-routes.ts';

const FILE = join(import.meta.dirname, '../../web/generated/routes.ts');

/** Of no use to a page: what runners say, and what only git asks for. */
const NOT_FOR_PAGES: ReadonlySet<string> = new Set(['runner.protocol', 'git.serve', 'operation.metrics']);

/**
 * Writes `web/generated/routes.ts`, the types of what the page may ask, from the coordinator's own table of routes: a field that is renamed
 * there breaks the build of the page. The file is not committed, because it is made before anything looks at it.
 */
export function generatePageApi(): void {
  const text = printRoutes(routesOfPages());
  if (textOf(FILE) === text) return;
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, text);
}

/** The table is only looked at: nothing of it is called. */
function routesOfPages(): readonly Route[] {
  const parts = { store: { subscribe() {} } } as unknown as Parameters<typeof allRoutes>[0];
  const gate = {} as unknown as Parameters<typeof allRoutes>[1];
  return allRoutes(parts, gate).filter(({ action }) => !NOT_FOR_PAGES.has(action));
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
