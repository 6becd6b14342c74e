import { type Answer, refuse } from './answer.ts';
import type { Desk } from './desk.ts';
import type { PlainJob } from './plain-job.ts';
import { headerOf, type SeenRequest } from './seen-request.ts';

/** `POST` and `GET /jobs/:id/artifacts`. @param isElsewhere archives lie in an object storage, to which a download is sent on */
export async function answerArtifacts(desk: Desk, request: SeenRequest, isElsewhere: boolean): Promise<Answer> {
  const job = desk.find(request.job);
  if (job === undefined) return refuse(404, 'Not Found');
  const token = headerOf(request, 'job-token');
  if (request.method === 'GET') {
    if (!desk.jobs.some((one) => one.token === token)) return refuse(403, 'Forbidden');
    const isDirect = request.path.includes('direct_download=true');
    if (!isElsewhere || !isDirect) return archiveOf(job);
    // The same machine under another name.
    const location = `${desk.url.replace('127.0.0.1', 'localhost')}/storage/${job.id}`;
    return { status: 302, headers: { Location: location } };
  }
  if (token !== job.token || !job.isActive) return refuse(403, 'Forbidden');
  return await store(job, request);
}

/** What the object storage has. It is another host: a token that comes here has leaked. */
export function answerStorage(desk: Desk, request: SeenRequest): Answer {
  if (headerOf(request, 'job-token') !== '') return refuse(400, 'A token of another host');
  const job = desk.find(Number(request.path.replace('/storage/', '')));
  return job === undefined ? refuse(404, 'Not Found') : archiveOf(job);
}

function archiveOf(job: PlainJob): Answer {
  const archive = job.artifacts.findLast(({ type }) => type === 'archive');
  if (archive === undefined) return refuse(404, 'Not Found');
  return { status: 200, headers: { 'Content-Type': 'application/octet-stream' }, body: archive.bytes };
}

/** One part named `file`, and no length told beforehand, as GitLab's runner sends it. */
async function store(job: PlainJob, request: SeenRequest): Promise<Answer> {
  const form = await new Response(new Uint8Array(request.body), {
    headers: { 'content-type': headerOf(request, 'content-type') },
  })
    .formData()
    .catch(() => null);
  const file = form?.get('file');
  if (form === null || [...form.keys()].length !== 1 || !(file instanceof File)) return refuse(400, 'Bad Request');
  const query = new URL(request.path, 'http://server').searchParams;
  job.artifacts.push({
    type: query.get('artifact_type') ?? 'archive',
    format: query.get('artifact_format') ?? 'zip',
    expireIn: query.get('expire_in'),
    filename: file.name,
    bytes: Buffer.from(await file.arrayBuffer()),
  });
  return { status: 201, body: { message: 'created' } };
}
