import type { KyselyPlugin } from 'kysely';

const RAW = /(?:insert\s+into|(?<!do )update|delete\s+from)\s+"?([a-z_]+)/gi;

/** Notes, of every statement that goes by, which table it writes to. */
export function writtenTables(into: Set<string>): KyselyPlugin {
  return {
    transformQuery({ node }) {
      const said = node as unknown as Said;
      if (said.kind === 'RawNode') {
        for (const [, table = ''] of (said.sqlFragments ?? []).join(' ').matchAll(RAW)) into.add(table);
      } else if (said.kind !== 'SelectQueryNode') {
        const table = nameIn(said.into ?? said.table ?? said.from);
        if (table !== null) into.add(table);
      }
      return node;
    },
    transformResult: async ({ result }) => result,
  };
}

interface Said {
  readonly kind: string;
  readonly sqlFragments?: readonly string[];
  readonly into?: unknown;
  readonly table?: unknown;
  readonly from?: unknown;
}

/** The first table that a part of a statement names. */
function nameIn(part: unknown): string | null {
  return /"table":\{[^}]*"identifier":\{[^}]*"name":"([a-z_]+)"/.exec(JSON.stringify(part) ?? '')?.[1] ?? null;
}
