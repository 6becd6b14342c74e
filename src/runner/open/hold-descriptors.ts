import { closeSync, openSync } from 'node:fs';
import { Failure } from '../../base/index.ts';

/** File descriptors set aside for a teardown: to look at processes, to start a cleanup, to read its log. */
export interface Descriptors {
  /** @throws Failure `too_many_files`: there are not enough. Nothing is held then. */
  hold(): void;
  /** May be called twice. */
  release(): void;
}

const FOR_TEARDOWN = 6;
/** Left for those that are tearing down at the moment, so that a job which begins does not take what they gave back for themselves. */
const FOR_OTHERS = 12;

export function createDescriptors(): Descriptors {
  const held: number[] = [];

  function release(): void {
    for (const fd of held.splice(0)) closeSync(fd);
  }

  function hold(): void {
    const count = FOR_TEARDOWN + FOR_OTHERS;
    try {
      while (held.length < count) held.push(openSync('/dev/null', 'r'));
    } catch (cause) {
      release();
      throw new Failure('too_many_files', 'too many open files to set some aside for the cleanup (ulimit -n)', {
        cause,
      });
    }
    for (const fd of held.splice(FOR_TEARDOWN)) closeSync(fd);
  }

  return { hold, release };
}
