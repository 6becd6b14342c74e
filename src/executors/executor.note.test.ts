import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ODD_FILES } from '../../test/support/files/odd-files.ts';
import { realClock } from '../base/index.ts';
import { createShellExecutor } from './shell/shell.ts';
import { describeOnEach } from './testing/candidates.ts';
import { openJob, waitForEnd } from './testing/executor-contract.ts';

describeOnEach('a note to the runner, on the $name executor', ({ executor, script }) => {
  it('is what a step wrote last, for every runner', async () => {
    await using fixture = await openJob(executor());
    const { place, job } = fixture;
    expect(await place.readNote('note')).toBeNull();
    const note = (text: string) => ({ do: 'note', name: 'note', text }) as const;
    await place.start({ id: 'one', script: script([note('old\n'), note('60\n')]) });
    await waitForEnd(place, 'one');
    expect(await place.readNote('note')).toBe('60\n');
    const later = await executor().prepare(job, new AbortController().signal);
    expect(await later.readNote('note')).toBe('60\n');
  });
});

describe('on this machine', () => {
  const open = () => openJob(createShellExecutor({ clock: realClock }));

  it('a note is never more than a line, nor what a link leads to', async () => {
    await using fixture = await open();
    const { temporaryDir } = fixture.place;
    writeFileSync(join(temporaryDir, 'long'), 'x'.repeat(33));
    symlinkSync('/etc/hostname', join(temporaryDir, 'link'));
    await expect(fixture.place.readNote('long')).rejects.toMatchObject({ code: 'note_unreadable' });
    await expect(fixture.place.readNote('link')).rejects.toMatchObject({ code: 'note_unreadable' });
    mkdirSync(join(temporaryDir, 'below'));
    expect(await fixture.place.readNote('below/none')).toBeNull();
  });

  it.each(Object.entries(ODD_FILES))('a note is not %s', async (_, make) => {
    await using fixture = await open();
    make(join(fixture.place.temporaryDir, 'note'));
    await expect(fixture.place.readNote('note')).rejects.toMatchObject({ code: 'note_unreadable' });
  });
});
