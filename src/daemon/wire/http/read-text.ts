import { TextDecoder } from 'node:util';

/**
 * The body of an answer, as far as `longestBytes`: a server that goes on and on does not fill our memory.
 * @throws RangeError when there is more; whatever the connection breaks off with
 */
export async function readText(answer: Response, longestBytes: number): Promise<string> {
  const { text, isWhole } = await readStart(answer, longestBytes);
  if (!isWhole) throw new RangeError(`the answer is longer than ${longestBytes} bytes`);
  return text;
}

/** No more of it than `longestBytes`; the rest is dropped, and the connection with it. */
export async function readStart(
  answer: Response,
  longestBytes: number,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  const decoder = new TextDecoder();
  let text = '';
  let left = longestBytes;
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk.subarray(0, left), { stream: true });
    left -= chunk.length;
    // Whoever leaves the loop closes the stream.
    if (left < 0) return { text, isWhole: false };
  }
  return { text: text + decoder.decode(), isWhole: true };
}
