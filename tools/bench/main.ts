import { appendFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform } from 'node:os';
import { join } from 'node:path';
import { bigLog } from './big-log.ts';
import { cancelling } from './cancel.ts';
import { compare, formatReading, type Group } from './compare.ts';
import { compiling } from './compile.ts';
import { containers } from './docker/docker.ts';
import { killing } from './kill.ts';
import { page } from './page/page.ts';
import { root } from './processes.ts';
import { running } from './run-jobs.ts';
import { runner } from './runner/runner.ts';
import { claiming } from './serve/claim.ts';
import { crowds } from './serve/crowds.ts';
import { latencies } from './serve/latencies.ts';
import { lives } from './serve/serve.ts';
import { startUp } from './start-up.ts';

/** `bin/bench [--record] [GROUP…]`. */
const groups: readonly Group[] = [
  startUp,
  compiling,
  running,
  bigLog,
  cancelling,
  killing,
  lives,
  claiming,
  latencies,
  crowds,
  runner,
  containers,
  page,
];
const words = process.argv.slice(2);
const record = words.includes('--record');
const names = words.filter((word) => word !== '--record');
const unknown = names.find((name) => groups.every((group) => group.name !== name));
if (unknown !== undefined) {
  console.error(`bench: there is no group '${unknown}'; there are ${groups.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

// Ending by `exit` removes what the groups have made.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(130));

const machine = `${cpus()[0]?.model ?? arch()}, ${availableParallelism()} cores, ${platform()}, Node ${process.version}`;
const lines: string[] = [];
say(machine);
say('ratio of medians (middle half of the ratios), ours / theirs, verdict');
for (const group of groups.filter(({ name }) => names.length === 0 || names.includes(name))) await measure(group);
if (record) {
  const title = new Date().toISOString().slice(0, 10);
  appendFileSync(join(root, 'docs/bench.md'), `\n## ${title}\n\n\`\`\`text\n${lines.join('\n')}\n\`\`\`\n`);
}

async function measure(group: Group): Promise<void> {
  say(`\n${group.name}: ${group.about}`);
  try {
    for (const comparison of await group.comparisons()) say((await compare(comparison)).line);
    for (const reading of (await group.readings?.()) ?? []) say(formatReading(reading));
  } catch (error) {
    // The other groups can still be measured.
    say(`FAILED: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

function say(line: string): void {
  lines.push(line);
  console.log(line);
}
process.exit();
