import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startFauxqs } from 'fauxqs';
import { afterAll, beforeAll } from 'vitest';
import type { S3Settings } from '../s3/bucket.ts';

/** What the front does with a request instead of handing it on; null: hand it on. */
export type Fault = (seen: SeenRequest, response: ServerResponse) => 'handled' | null;

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
}

export interface S3Server {
  settings(more?: Partial<S3Settings>): S3Settings;
  /** Of all requests since the start. */
  readonly seen: SeenRequest[];
  /** Uploads that were begun and neither finished nor aborted: id → key. */
  readonly uploads: ReadonlyMap<string, string>;
  fault: Fault | null;
}

/**
 * An S3 server in this process, and a front before it, because the server cannot fail on demand and knows no `ListMultipartUploads`: the
 * front keeps the list of them.
 */
export function useS3Server(): S3Server {
  const uploads = new Map<string, string>();
  let port = 0;
  const server: S3Server = {
    seen: [],
    uploads,
    fault: null,
    settings: (more = {}) => ({
      bucket: 'blobs',
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${port}`,
      pathStyle: true,
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      prefix: 'epilogue/',
      partBytes: 5 * 1024 ** 2,
      ...more,
    }),
  };
  beforeAll(async () => {
    const back = await startFauxqs({
      port: 0,
      host: '127.0.0.1',
      logger: false,
      init: { buckets: [{ name: 'blobs' }] },
    });
    const front = createServer((incoming, response) => {
      const seen = { method: incoming.method ?? '', url: incoming.url ?? '' };
      server.seen.push(seen);
      if (server.fault?.(seen, response) === 'handled') incoming.resume();
      else if (seen.method === 'GET' && /[?&]uploads\b/.test(seen.url)) response.end(listUploads(uploads));
      else handOn(incoming, response, { port: back.port, uploads });
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    port = (front.address() as AddressInfo).port;
    return async () => {
      front.closeAllConnections();
      front.close();
      await back.stop();
    };
  });
  afterAll(() => {
    server.fault = null;
  });
  return server;
}

function handOn(
  incoming: IncomingMessage,
  response: ServerResponse,
  { port, uploads }: { readonly port: number; readonly uploads: Map<string, string> },
): void {
  const { method = '', url = '', headers } = incoming;
  const out = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => {
      const body = Buffer.concat(chunks);
      if ((answer.statusCode ?? 500) < 300) noteUpload(uploads, { method, url }, body.subarray(0, 2000).toString());
      response.writeHead(answer.statusCode ?? 500, answer.headers).end(body);
    });
  });
  out.on('error', () => response.destroy());
  incoming.on('error', () => out.destroy());
  incoming.pipe(out);
}

function noteUpload(uploads: Map<string, string>, { method, url }: SeenRequest, body: string): void {
  const { pathname, searchParams } = new URL(url, 'http://front');
  const id = searchParams.get('uploadId');
  if (method === 'POST' && searchParams.has('uploads')) {
    uploads.set(/<UploadId>([^<]+)</.exec(body)?.[1] ?? '', pathname.split('/').slice(2).join('/'));
  } else if (id !== null && method !== 'PUT') uploads.delete(id);
}

function listUploads(uploads: ReadonlyMap<string, string>): string {
  const rows = [...uploads].map(
    ([id, key]) =>
      `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>2026-01-02T03:04:05.000Z</Initiated></Upload>`,
  );
  return `<?xml version="1.0"?><ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${rows.join('')}</ListMultipartUploadsResult>`;
}
