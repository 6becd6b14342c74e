import { pipeline, type Readable, Transform } from 'node:stream';
import { Failure } from '../../../base/index.ts';
import { BEGUN } from './bootstrap.ts';

const FIRST = Buffer.from(`${BEGUN}\n`);
const WORDS_BYTES = 1024;

/** What a program prints, without the line that it begins with. Ends with a Failure of that code when the line is not there: nothing was run, and what is there says why. */
export function afterBegin(output: Readable, code: 'exec_refused' | 'reach_cut'): Readable {
  let before: Buffer | null = Buffer.alloc(0);

  function notRun(words: Buffer): Failure {
    const said = words.toString('utf8', 0, WORDS_BYTES).trim();
    // Cut before it had said anything, or amid it.
    if (FIRST.subarray(0, words.length).equals(words)) return new Failure('reach_cut', 'the connection was cut');
    return new Failure(code, `nothing could be run: ${said}`);
  }

  const rest = new Transform({
    transform(chunk: Buffer, _, done) {
      if (before === null) return done(null, chunk);
      before = Buffer.concat([before, chunk]);
      if (before.length >= FIRST.length && before.subarray(0, FIRST.length).equals(FIRST)) {
        const first = before.subarray(FIRST.length);
        before = null;
        return done(null, first);
      }
      done(before.length > WORDS_BYTES ? notRun(before) : null);
    },
    flush(done) {
      done(before === null ? null : notRun(before));
    },
  });
  pipeline(output, rest, () => {});
  return rest;
}
