import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './run-command.ts';

/** One thing that a change must pass. */
export interface Step {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly timeoutMs: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly as?: Command['as'];
}

export const root = join(import.meta.dirname, '../..');
const minuteMs = 60_000;

/** A tool from node_modules, run by our own Node, whatever `node` is first in PATH. */
export function nodeTool(script: string, ...args: readonly string[]): Step['argv'] {
  const path = join(root, script);
  if (!existsSync(path)) throw new Error(`${script} is missing: run bin/setup`);
  return [process.execPath, path, ...args];
}

/** Everything that looks at the sources without running them. */
export const checkSteps: readonly Step[] = [
  {
    name: 'format and lint',
    argv: nodeTool('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--max-diagnostics=100'),
    timeoutMs: minuteMs,
  },
  { name: 'rooms and sizes', argv: nodeTool('tools/rules/main.ts'), timeoutMs: minuteMs },
  { name: 'types', argv: nodeTool('node_modules/typescript/bin/tsc', '-p', '.'), timeoutMs: 2 * minuteMs },
  { name: 'types of the page', argv: nodeTool('tools/page/check-types.ts'), timeoutMs: 2 * minuteMs },
  {
    name: 'unused code',
    argv: nodeTool('node_modules/knip/bin/knip.js', '--no-progress', '--exclude=types,binaries'),
    timeoutMs: 2 * minuteMs,
  },
  { name: 'generated docs', argv: nodeTool('tools/generate-lifecycle-docs.ts', '--check'), timeoutMs: minuteMs },
];
