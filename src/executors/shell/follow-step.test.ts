import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { realClock } from '../../base/index.ts';
import { createStepFollower } from './follow-step.ts';

it('watches nothing any more once looking at a step has failed', async () => {
  const stepDir = mkdtempSync(join(tmpdir(), 'epilogue-follow-'));
  const watches = () => process.getActiveResourcesInfo().filter((resource) => resource.startsWith('FSEvent')).length;
  try {
    // Nobody can read it.
    symlinkSync('exit', join(stepDir, 'exit'));
    const before = watches();
    const follower = createStepFollower({ stepDir, assignment: 'COOKIE=c', clock: realClock });
    await expect(follower.changed(1_000)).rejects.toThrow('ELOOP');
    // A handle that was closed is gone at the next turn of the event loop.
    await vi.waitFor(() => expect(watches()).toBe(before));
  } finally {
    rmSync(stepDir, { recursive: true });
  }
});
