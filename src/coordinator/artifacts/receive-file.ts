import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import { badParameters } from '../http/index.ts';

export interface ReceivedFile {
  /** As the sender called it. */
  readonly filename: string;
  /** Has to be read to its end. */
  readonly body: Readable;
  /** What else is in the form, before and behind the file: once the body has been read. */
  fields(): Promise<Readonly<Record<string, string>>>;
}

/**
 * Reads a multipart form as it comes and hands its file on, without keeping it; other files in it are dropped.
 * @throws HttpError 400: no form, or no file in it
 */
export async function receiveFile<T>(request: IncomingMessage, take: (file: ReceivedFile) => Promise<T>): Promise<T> {
  const form = openForm(request);
  const { promise: taken, resolve, reject } = Promise.withResolvers<T>();
  const rest = Promise.withResolvers<Readonly<Record<string, string>>>();
  // Nobody may wait for it.
  rest.promise.catch(() => undefined);
  const fields: Record<string, string> = Object.create(null);
  let part: Readable | null = null;
  form.on('field', (name, value) => {
    fields[name] = value;
  });
  form.on('file', (field, body, filename) => {
    // A form that breaks off tells it to its part, and so do we below: also to one that nobody reads any more, and an error that nobody hears ends the process.
    body.on('error', () => {});
    if (part !== null || field !== 'file') {
      body.resume();
      return;
    }
    part = body;
    take({ filename: filename ?? 'artifact', body, fields: () => rest.promise }).then(resolve, (error: unknown) => {
      reject(error);
      body.resume();
    });
  });
  form.on('finish', () => {
    if (part === null) reject(badParameters('file is missing'));
    rest.resolve(fields);
  });
  const fail = (error: unknown): void => {
    reject(error);
    rest.reject(error);
  };
  form.on('error', (error: unknown) => fail(badParameters(`body is not a form: ${String(error)}`)));
  request.on('close', () => {
    if (request.complete) return;
    const gone = new Error('the connection is gone');
    rest.reject(gone);
    form.destroy(gone);
    // The form does not tell its parts: whoever stores this one would wait for more of it.
    part?.destroy(gone);
  });
  request.pipe(form);
  return await taken;
}

function openForm({ headers }: IncomingMessage): Busboy {
  try {
    return new Busboy({
      headers: { 'content-type': headers['content-type'] ?? '' },
      limits: { files: 2, fields: 50, fieldSize: 1_000 },
    });
  } catch {
    throw badParameters('body is not a form');
  }
}
