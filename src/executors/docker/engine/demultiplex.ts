import type { Readable } from 'node:stream';

/** Of the frames in which an engine sends what a program prints: kind of stream (1), nothing (3), size (4). */
const HEADER_BYTES = 8;
const STDERR = 2;

export interface FramePart {
  readonly kind: 'stdout' | 'stderr';
  /** A frame's content, or a part of it. */
  readonly bytes: Buffer;
}

/** Takes the frames of a stream of logs or of an exec apart, as they come. @throws the stream's own error */
export async function* framesOf(stream: Readable): AsyncGenerator<FramePart, void> {
  let rest: Buffer = Buffer.alloc(0);
  let left = 0;
  let kind: FramePart['kind'] = 'stdout';
  for await (const chunk of stream) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    while (rest.length > 0) {
      if (left === 0) {
        if (rest.length < HEADER_BYTES) break;
        kind = rest[0] === STDERR ? 'stderr' : 'stdout';
        left = rest.readUInt32BE(4);
        rest = rest.subarray(HEADER_BYTES);
        continue;
      }
      const bytes = rest.subarray(0, left);
      left -= bytes.length;
      rest = rest.subarray(bytes.length);
      yield { kind, bytes };
    }
  }
}

/**
 * All that is in a stream of logs or of an exec. Of each kind so many bytes are kept; what comes beyond is read and dropped.
 * @throws the stream's own error
 */
export async function readFrames(
  stream: Readable,
  limitBytes: number,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const kept: { readonly stdout: Buffer[]; readonly stderr: Buffer[] } = { stdout: [], stderr: [] };
  const sizes = { stdout: 0, stderr: 0 };
  for await (const { kind, bytes } of framesOf(stream)) {
    const part = bytes.subarray(0, Math.max(0, limitBytes - sizes[kind]));
    if (part.length > 0) kept[kind].push(Buffer.from(part));
    sizes[kind] += part.length;
  }
  return { stdout: Buffer.concat(kept.stdout).toString(), stderr: Buffer.concat(kept.stderr).toString() };
}
