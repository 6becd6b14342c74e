import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { itAsRoot } from '../../../test/support/privilege.ts';
import { realClock } from '../../base/index.ts';
import { makeBare } from '../testing/bare.ts';
import { useTemporaryDirectory } from '../testing/repository.ts';
import { maintain } from './upkeep.ts';

const temporary = useTemporaryDirectory();

itAsRoot('leaves what is mounted among old drafts, and removes the rest', async () => {
  const { repository } = await makeBare(temporary);
  const { gitDir } = repository;
  const [precious, draft] = [join(gitDir, 'precious'), join(gitDir, 'objects', 'tmp_objdir-incoming-a')];
  for (const dir of [precious, join(draft, 'mounted')]) mkdirSync(dir, { recursive: true });
  for (const file of [join(precious, 'kept'), join(draft, 'half')]) writeFileSync(file, '');
  const old = realClock.now() / 1000 - 25 * 3600;
  execFileSync('mount', ['--bind', precious, join(draft, 'mounted')]);
  utimesSync(draft, old, old);
  try {
    await maintain(repository, { clock: realClock });
    expect(readdirSync(precious)).toEqual(['kept']);
    expect(readdirSync(draft)).toEqual(['mounted']);
  } finally {
    execFileSync('umount', [join(draft, 'mounted')]);
  }
});
