import { expect, it } from 'vitest';
import { readStart, readText } from './read-text.ts';

/** Goes on for ever, three bytes a piece; the last of them is half a letter. */
function endless(): { answer: Response; pieces: () => number; isClosed: () => boolean } {
  let [pieces, isClosed] = [0, false];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pieces += 1;
      controller.enqueue(Buffer.from([0x61, 0x62, 0xc3]));
    },
    cancel() {
      isClosed = true;
    },
  });
  return { answer: new Response(body), pieces: () => pieces, isClosed: () => isClosed };
}

it('reads a body that is short enough, letters on two pieces included', async () => {
  const bytes = Buffer.from('aé');
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  expect(await readText(new Response(body), bytes.length)).toBe('aé');
  expect(await readText(new Response(null, { status: 204 }), 0)).toBe('');
});

it('reads no more of a body than is wanted, and closes the connection then', async () => {
  const { answer, pieces, isClosed } = endless();
  await expect(readText(answer, 10)).rejects.toThrow(RangeError);
  expect([pieces() < 10, isClosed()]).toEqual([true, true]);
  expect(await readStart(endless().answer, 5)).toEqual({ text: 'ab\ufffdab', isWhole: false });
});
