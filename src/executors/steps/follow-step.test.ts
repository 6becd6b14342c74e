import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { realClock } from '../../base/index.ts';
import { createStepExaminer } from '../shell/examine-step.ts';
import { createStepFollower } from './follow-step.ts';

const LONGEST_PATH = 4095;

it('watches nothing any more once looking at a step has failed', async () => {
  const root = mkdtempSync(join(tmpdir(), 'epilogue-follow-'));
  // So long that the system has room for no name below it.
  const stepDir = join(root, `${'d'.repeat(99)}/`.repeat(50)).slice(0, LONGEST_PATH - 3);
  const watches = () => process.getActiveResourcesInfo().filter((resource) => resource.startsWith('FSEvent')).length;
  try {
    mkdirSync(stepDir, { recursive: true });
    const step = { stepDir, assignment: 'COOKIE=c', clock: realClock };
    const before = watches();
    const follower = createStepFollower({
      stepDir,
      clock: realClock,
      look: () => createStepExaminer(step, () => {}).look(),
    });
    await expect(follower.changed(1_000)).rejects.toThrow('ENAMETOOLONG');
    // A handle that was closed is gone at the next turn of the event loop.
    await vi.waitFor(() => expect(watches()).toBe(before));
  } finally {
    rmSync(root, { recursive: true });
  }
});
