import { join } from 'node:path';
import type { Group } from './compare.ts';
import { program, root, time } from './processes.ts';

const node = (): number => time(process.execPath, ['-e', '0']);

export const startUp: Group = {
  name: 'start-up',
  about: 'against `node -e 0`',
  comparisons: () => [
    {
      name: 'node dist/main.js --version',
      target: 1.5,
      rounds: 31,
      ours: () => time(process.execPath, [program, '--version']),
      theirs: node,
    },
    {
      name: 'bin/epilogue --version',
      target: 1.5,
      rounds: 31,
      ours: () => time(join(root, 'bin/epilogue'), ['--version']),
      theirs: node,
    },
  ],
};
