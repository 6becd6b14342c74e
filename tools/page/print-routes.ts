import type { TSchema } from 'typebox';
import type { Route } from '../../src/coordinator/http/index.ts';
import { SchemaPrinter } from './schema-printer.ts';

/** The table of routes as TypeScript: an interface for each schema with a title, and `Routes`, by method and path. */
export function printRoutes(routes: readonly Route[]): string {
  const printer = new SchemaPrinter();
  const sorted = routes.toSorted((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1));
  const lines = sorted.map((route) => printRoute(route, printer));
  return `// Made by tools/page/generate-page-api.ts from the coordinator's table of routes.

${printer.interfaces().join('\n\n')}

export interface Routes {
${lines.join('\n')}
}
`;
}

function printRoute({ method, path, params, query, body, answers, events }: Route, printer: SchemaPrinter): string {
  const given = [
    field('params', params, printer),
    field('query', query, printer),
    field('body', body === 'stream' ? undefined : body, printer),
  ];
  const good = Object.entries(answers).filter(([status]) => Number(status) < 300);
  const bodies = good.map(([, schema]) => (schema === null ? 'null' : printer.print(schema)));
  const told = Object.entries(events ?? {}).map(([name, schema]) => field(name, schema, printer));
  const fields = [
    ...given,
    `readonly answer: ${[...new Set(bodies)].join(' | ') || 'null'};`,
    told.length === 0 ? '' : `readonly events: { ${told.join(' ')} };`,
  ];
  return `  '${method} ${path}': { ${fields.filter((text) => text !== '').join(' ')} };`;
}

function field(name: string, schema: TSchema | undefined, printer: SchemaPrinter): string {
  return schema === undefined ? '' : `readonly ${name}: ${printer.print(schema)};`;
}
