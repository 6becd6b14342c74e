import type { Readable } from 'node:stream';
import { Failure } from '../../../base/index.ts';

/** All that a program prints. @throws Failure `answer_too_long`; `reach_cut`: it broke off */
export async function readOutput(stream: Readable, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of piecesOf(stream)) {
    size += chunk.length;
    if (size > limitBytes) throw new Failure('answer_too_long', `an answer has more than ${limitBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** As they come. @throws Failure `reach_cut` */
export async function* piecesOf(stream: Readable): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    throw error instanceof Failure ? error : new Failure('reach_cut', 'the connection was cut', { cause: error });
  }
}
