import { createHash } from 'node:crypto';

const LINE_BYTES = 200;

/** A script that prints so many numbered lines of 200 bytes, between two marks. Any byte that is missing, twice or out of place makes others of them. */
export function printLines(count: number): string {
  // One line: the log shows each before it runs.
  return `echo BEGIN of ${count}; seq -f '%0${LINE_BYTES - 1}.0f' 1 ${count}; echo THE END`;
}

/** SHA-256 of what `printLines` prints between its marks. */
export function checksumOfLines(count: number): string {
  const sum = createHash('sha256');
  for (let line = 1; line <= count; line += 1) sum.update(`${String(line).padStart(LINE_BYTES - 1, '0')}\n`);
  return sum.digest('hex');
}

/** The same of what stands between them in a log, read as it comes: it may be larger than memory. @throws when the log is another one */
export async function checksumInLog(log: AsyncIterable<Uint8Array>, count: number): Promise<string> {
  const begin = Buffer.from(`\nBEGIN of ${count}\n`);
  const sum = createHash('sha256');
  let head = Buffer.alloc(0);
  let left = count * LINE_BYTES;
  let hasBegun = false;
  let tail = '';
  for await (const chunk of log) {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (!hasBegun) {
      head = Buffer.concat([head, bytes]);
      const at = head.indexOf(begin);
      if (at < 0) continue;
      hasBegun = true;
      bytes = head.subarray(at + begin.length);
    }
    sum.update(bytes.subarray(0, left));
    tail = (tail + bytes.subarray(left).toString('latin1')).slice(0, 1_000);
    left -= Math.min(left, bytes.length);
  }
  if (!hasBegun || !tail.startsWith('THE END\n'))
    throw new Error(`the log is another one: ${left} bytes missing, then ${JSON.stringify(tail)}`);
  return sum.digest('hex');
}
