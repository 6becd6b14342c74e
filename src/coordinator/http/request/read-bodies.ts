import type { IncomingHttpHeaders } from 'node:http';
import { finished, type Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import type { FastifyInstance } from 'fastify';
import { badParameters, HttpError } from '../http-error.ts';
import { parseNested } from './parse-nested.ts';

const MOST_FIELDS = 2_000;

/** JSON (also none at all, which clients send with the header of one), forms and the fields of multipart forms become `body`. Each has to be there within `deadlineMs`. */
export function readBodies(app: FastifyInstance, deadlineMs: number): void {
  const limitsOf = ({ routeOptions }: Read): Limits => ({ bytes: routeOptions.bodyLimit ?? 1 << 20, deadlineMs });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', async (request: Read, payload: Readable) =>
    parseJson(await readAll(payload, limitsOf(request))),
  );
  app.addContentTypeParser('application/x-www-form-urlencoded', async (request: Read, payload: Readable) =>
    nested(new URLSearchParams(await readAll(payload, limitsOf(request)))),
  );
  app.addContentTypeParser('multipart/form-data', async (request: Read, payload: Readable) =>
    nested(await readFields(request.headers, payload, limitsOf(request))),
  );
  // As GitLab does with a body of a kind it does not know: it has no parameters.
  app.addContentTypeParser('*', async (request: Read, payload: Readable) => {
    await readAll(payload, limitsOf(request));
    return {};
  });
}

interface Read {
  readonly headers: IncomingHttpHeaders;
  readonly routeOptions: { readonly bodyLimit?: number };
}

interface Limits {
  readonly bytes: number;
  readonly deadlineMs: number;
}

function parseJson(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) ?? {};
  } catch {
    throw badParameters('body is not valid JSON');
  }
}

function nested(pairs: Iterable<readonly [string, string]>): unknown {
  try {
    return parseNested(pairs);
  } catch (error) {
    if (error instanceof RangeError) throw badParameters(error.message);
    throw error;
  }
}

async function readAll(payload: Readable, { bytes: limit, deadlineMs }: Limits): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const { promise: read, resolve, reject } = Promise.withResolvers<void>();
  const take = (chunk: Uint8Array): void => {
    size += chunk.length;
    if (size > limit) reject(tooLarge(limit));
    else chunks.push(chunk);
  };
  // An iteration would leave a dozen listeners at the request, for as long as that waits for its answer.
  const forget = finished(payload, { writable: false }, (error) => (error ? reject(error) : resolve()));
  payload.on('data', take);
  try {
    await beforeDeadline(payload, deadlineMs, () => read);
  } finally {
    payload.off('data', take);
    forget();
  }
  return Buffer.concat(chunks).toString();
}

async function readFields(
  headers: IncomingHttpHeaders,
  payload: Readable,
  { bytes: limit, deadlineMs }: Limits,
): Promise<readonly (readonly [string, string])[]> {
  const contentType = headers['content-type'];
  const fields: [string, string][] = [];
  const form = openForm(contentType ?? '', limit);
  form.on('field', (name, value, nameCut, valueCut) => {
    if (nameCut || valueCut) form.destroy(tooLarge(limit));
    else fields.push([name, value]);
  });
  // A file where fields were asked for is read and dropped. One that breaks off says so, and an error that nobody hears ends the process.
  form.on('file', (_name, stream) => stream.on('error', () => {}).resume());
  let size = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of payload) {
      size += chunk.length;
      if (size > limit) throw tooLarge(limit);
      yield chunk;
    }
  };
  await beforeDeadline(payload, deadlineMs, async () => {
    const { promise: parsed, resolve, reject } = Promise.withResolvers<void>();
    // What is wrong may be found while more is still to come.
    parsed.catch(() => {});
    form.on('finish', resolve);
    form.on('error', (error: unknown) =>
      reject(error instanceof HttpError ? error : badParameters('body is not a form')),
    );
    for await (const chunk of counted()) form.write(chunk);
    form.end();
    await parsed;
  });
  return fields;
}

function openForm(contentType: string, limit: number): Busboy {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      limits: { fields: MOST_FIELDS, fieldNameSize: 1_000, fieldSize: limit },
    });
  } catch {
    throw badParameters('body is not a form');
  }
}

async function beforeDeadline(payload: Readable, deadlineMs: number, read: () => Promise<void>): Promise<void> {
  const timer = setTimeout(() => payload.destroy(tooLate(deadlineMs)), deadlineMs);
  try {
    await read();
  } finally {
    clearTimeout(timer);
  }
}

function tooLate(deadlineMs: number): HttpError {
  return new HttpError(408, { error: `body not received within ${deadlineMs / 1000} s` });
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, { error: `body is larger than ${limit} bytes` });
}
