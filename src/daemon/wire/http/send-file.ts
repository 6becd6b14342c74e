import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';

export interface FileToSend {
  readonly headers: Readonly<Record<string, string>>;
  /** From its first byte; each time anew. */
  readonly body: () => Readable;
}

/** A form of one part, `file`, as it is read from the disk: its length is not told beforehand, as GitLab's runner does it. */
export function sendFile(path: string, filename: string): FileToSend {
  const boundary = randomBytes(30).toString('hex');
  const name = filename.replaceAll(/["\\\r\n]/g, '_');
  const head = [
    `--${boundary}`,
    `Content-Disposition: form-data; name="file"; filename="${name}"`,
    'Content-Type: application/octet-stream',
    '',
    '',
  ].join('\r\n');
  async function* parts(): AsyncGenerator<Buffer> {
    yield Buffer.from(head);
    yield* createReadStream(path);
    yield Buffer.from(`\r\n--${boundary}--\r\n`);
  }
  return {
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
    body: () => Readable.from(parts(), { objectMode: false }),
  };
}
