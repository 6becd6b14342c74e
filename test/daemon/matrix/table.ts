import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAULTS, type Fault, PHASES, type Phase } from './phases.ts';

export const SERVERS = ['our coordinator', 'a plain-protocol server'] as const;
export type ServerKind = (typeof SERVERS)[number];

const FILE = join(import.meta.dirname, '..', '..', '..', 'docs', 'cleanup-matrix.md');

const HEAD = `# What becomes of a job when something strikes it

Written by \`test/daemon/matrix\` (\`WRITE_MATRIX=1 …\`), which plays every cell with the real program, real processes, signals and kills over real HTTP, and fails where one differs from what
stands here. Besides, each cell must keep the promise: once a user command has begun, the cleanup gets to its end exactly once (not where it was forced, or its own time was over), nothing is
left running or owed, and the log has every line once. \`test/docker/matrix\` plays the same with jobs in containers: every cell is the same there.

A cell says: status at the server (failure reason) · what ran, ✂ for what was cut short · what the cleanup was told (\`CI_JOB_STATUS\`/\`EPILOGUE_TEARDOWN_CAUSE\`) · how the cleanup is on record (our coordinator) ·
artifacts. *preparing*: asked whether it may begin (our coordinator), or accepted (plain). *undisturbed*:
success · before, script, cleanup · told success/succeeded · succeeded · artifacts. A killed runner, coordinator or host is started again.
`;

type Cells = ReadonlyMap<string, string>;

/** Of cells that cannot be: what strikes does not strike there. */
export const IMPOSSIBLE = '—';

export function keyOf(server: ServerKind, fault: Fault, phase: Phase): string {
  return `${server}/${fault}/${phase}`;
}

/** The table as it stands in the documents. */
export function readTable(): Cells {
  const cells = new Map<string, string>();
  let text: string;
  try {
    text = readFileSync(FILE, 'utf8');
  } catch {
    return cells;
  }
  for (const part of text.split(/^## /m).slice(1)) {
    const server = SERVERS.find((name) => part.startsWith(`With ${name}`));
    for (const [, fault = '', row = ''] of part.matchAll(/^\| \*\*(.*?)\*\* \| (.*) \|$/gm)) {
      row.split(' | ').forEach((cell, at) => {
        if (server !== undefined) cells.set(`${server}/${fault}/${PHASES[at]}`, cell);
      });
    }
  }
  return cells;
}

export function writeTable(cells: Cells): void {
  const tables = SERVERS.map((server) => {
    const rows = FAULTS.map((fault) => {
      const row = PHASES.map((phase) => cells.get(keyOf(server, fault, phase)) ?? IMPOSSIBLE);
      return `| **${fault}** | ${row.join(' | ')} |`;
    });
    return [
      `## With ${server}`,
      '',
      `| | ${PHASES.join(' | ')} |`,
      `|---|${PHASES.map(() => '---|').join('')}`,
      ...rows,
    ].join('\n');
  });
  writeFileSync(FILE, `${HEAD}\n${tables.join('\n\n')}\n`);
}
