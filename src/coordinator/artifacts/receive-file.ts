import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import { badParameters } from '../http/index.ts';

export interface ReceivedFile {
  /** As the sender called it. */
  readonly filename: string;
  /** Has to be read to its end. */
  readonly body: Readable;
}

/**
 * Reads a multipart form as it comes and hands its file on, without keeping it; what else is in the form is dropped.
 * @throws HttpError 400: no form, or no file in it
 */
export async function receiveFile<T>(request: IncomingMessage, take: (file: ReceivedFile) => Promise<T>): Promise<T> {
  const form = openForm(request);
  const { promise: taken, resolve, reject } = Promise.withResolvers<T>();
  let part: Readable | null = null;
  form.on('file', (field, body, filename) => {
    if (part !== null || field !== 'file') {
      body.resume();
      return;
    }
    part = body;
    take({ filename: filename ?? 'artifact', body }).then(resolve, (error: unknown) => {
      reject(error);
      body.resume();
    });
  });
  form.on('finish', () => {
    if (part === null) reject(badParameters('file is missing'));
  });
  form.on('error', (error: unknown) => reject(badParameters(`body is not a form: ${String(error)}`)));
  request.on('close', () => {
    if (request.complete) return;
    const gone = new Error('the connection is gone');
    form.destroy(gone);
    // The form does not tell its parts: whoever stores this one would wait for more of it.
    part?.destroy(gone);
  });
  request.pipe(form);
  return await taken;
}

function openForm({ headers }: IncomingMessage): Busboy {
  try {
    return new Busboy({ headers: { 'content-type': headers['content-type'] ?? '' }, limits: { files: 2, fields: 50 } });
  } catch {
    throw badParameters('body is not a form');
  }
}
