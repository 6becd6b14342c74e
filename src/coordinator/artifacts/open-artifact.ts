import { basename } from 'node:path';
import { listFolder, openEntry } from '../../blobs/index.ts';
import { type ArtifactRecord, deleteArtifacts, findArtifact, hasExpired } from '../../store/index.ts';
import { type Answer, type Call, forbidden, notFound, paged, pageOf } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { indexOfArchive } from './archive-index.ts';
import { removeDoomed } from './doomed-blobs.ts';
import { mayReadArtifact } from './may-read-artifact.ts';

/** Whoever may have it. @throws HttpError 404: the job has none (any more) */
export async function archiveOf({ store }: Parts, jobId: number): Promise<ArtifactRecord> {
  const found = await store.read(async (db) => {
    const artifact = await findArtifact(db, jobId, 'archive');
    return artifact === null || (await hasExpired(db, artifact)) ? null : artifact;
  });
  if (found === null) throw notFound('Artifacts');
  return found;
}

/** @throws HttpError 404: the job has none (any more); 403: it is not for whoever asks */
export async function readableArchiveOf(
  parts: Parts,
  asking: Pick<Call, 'principal' | 'project'>,
  jobId: number,
): Promise<ArtifactRecord> {
  const archive = await archiveOf(parts, jobId);
  if (!(await mayReadArtifact(parts, asking, archive.access))) throw forbidden();
  return archive;
}

/** The whole archive, as it was sent. */
export async function wholeArchive(
  { blobs }: Parts,
  { blob, filename }: ArtifactRecord,
  signal: AbortSignal,
): Promise<Answer> {
  const { body, sizeBytes } = await blobs.open(blob, { signal });
  return {
    status: 200,
    body,
    headers: {
      'content-type': 'application/zip',
      'content-length': sizeBytes,
      'content-disposition': savedAs(filename),
    },
  };
}

/** One file of it. Always to be saved, never shown: a job's files are nobody's page. @throws HttpError 404; Failure of `blobs` */
export async function fileInArchive(
  parts: Parts,
  artifact: ArtifactRecord,
  path: string,
  signal: AbortSignal,
): Promise<Answer> {
  const index = await indexOfArchive(parts, artifact, signal);
  const { body, entry } = await openEntry({ store: parts.blobs, key: artifact.blob, index }, path, signal);
  return {
    status: 200,
    body,
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': entry.sizeBytes,
      'content-disposition': savedAs(basename(path)),
    },
  };
}

/** A page of a folder of it, folders first. @throws HttpError 404: no such folder; Failure of `blobs` */
export async function folderOfArchive(
  parts: Parts,
  artifact: ArtifactRecord,
  { query, url, signal }: Pick<Call<unknown, FolderQuery>, 'query' | 'url' | 'signal'>,
): Promise<Answer> {
  const folder = (query.path ?? '').replace(/\/+$/, '');
  const entries = listFolder(await indexOfArchive(parts, artifact, signal), folder);
  if (entries === null) throw notFound('Folder');
  const page = pageOf(query);
  const ordered = [
    ...entries.filter(({ kind }) => kind === 'directory'),
    ...entries.filter(({ kind }) => kind !== 'directory'),
  ];
  const items = ordered.slice(page.offset, page.offset + page.perPage).map(({ name, kind, sizeBytes }) => ({
    name,
    path: folder === '' ? name : `${folder}/${name}`,
    type: kind,
    size: sizeBytes,
  }));
  return paged({ items, total: ordered.length }, page, parts.base, url);
}

interface FolderQuery {
  readonly path?: string;
  readonly page?: number;
  readonly per_page?: number;
}

/** Takes a job's artifacts away. */
export async function eraseArtifacts(parts: Parts, jobId: number): Promise<void> {
  await removeDoomed(parts, await parts.store.write((tx) => deleteArtifacts(tx, jobId)));
}

/** Some clients fail without a name. */
function savedAs(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\]/g, '_');
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(name)}`;
}
