import type { ServedAll } from '../../testing/serve-all.ts';

export interface Upload {
  readonly jobId: number;
  readonly token: string;
  readonly content: Uint8Array | string;
  /** Such as `artifact_type=junit&artifact_format=gzip`. */
  readonly query?: string;
  /** `artifacts.zip` when left out. */
  readonly filename?: string;
  /** Of the form, behind the file. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Sent as a form's field `metadata` beside it. */
  readonly metadata?: Uint8Array;
}

export interface Uploaded {
  readonly status: number;
  readonly text: string;
}

/** As a runner sends artifacts: a form, in its field `file`. */
export async function upload(
  { app }: Pick<ServedAll, 'app'>,
  { jobId, token, content, query = '', filename = 'artifacts.zip', fields = {}, metadata }: Upload,
): Promise<Uploaded> {
  const form = new FormData();
  if (metadata !== undefined) form.append('metadata', new Blob([Buffer.from(metadata)]), 'metadata.gz');
  form.append('file', new Blob([Buffer.from(content)]), filename);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  const encoded = new Response(form);
  const answer = await app.inject({
    method: 'POST',
    url: `/api/v4/jobs/${jobId}/artifacts?${query}`,
    headers: { 'job-token': token, 'content-type': encoded.headers.get('content-type') ?? '' },
    payload: Buffer.from(await encoded.arrayBuffer()),
  });
  return { status: answer.statusCode, text: answer.payload };
}
