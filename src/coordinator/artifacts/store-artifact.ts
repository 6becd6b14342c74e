import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { Failure } from '../../base/index.ts';
import { makeKey } from '../../blobs/index.ts';
import { parseExpiry } from '../../compile/index.ts';
import { type ArtifactAccess, type ArtifactFormat, parseDotenv } from '../../protocol/index.ts';
import {
  type AttemptRecord,
  doomBlobs,
  findArtifact,
  forgetDoomedBlobs,
  insertArtifact,
  putJobReport,
  renewLease,
} from '../../store/index.ts';
import { badRequest, forbidden, HttpError } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { leaseMs } from '../work/index.ts';
import { removeDoomed } from './doomed-blobs.ts';
import type { ReceivedFile } from './receive-file.ts';

export interface ArtifactWords {
  /** `archive`, or a report's type. Of these three null: the query does not say it. */
  readonly type: string | null;
  readonly format: ArtifactFormat | null;
  /** As in `expire_in`. */
  readonly expireIn: string | null;
  readonly maxBytes: number;
  readonly access: ArtifactAccess;
}

const FORMATS: readonly ArtifactFormat[] = ['zip', 'gzip', 'raw'];
const EXTENSIONS: Readonly<Record<ArtifactFormat, string>> = { zip: 'zip', gzip: 'gz', raw: 'bin' };
/** As GitLab: 30 days. */
const USUAL_MS = 30 * 24 * 3_600_000;
const MOST_DOTENV_BYTES = 64 * 1024;
const LONGEST_FILENAME = 255;

/**
 * Keeps what a runner sends: the bytes first, then the row that makes them a job's artifact. Sent again, the same bytes change nothing.
 * @throws HttpError 400 (another one of this type is there, no such type, a dotenv report that is none); Failure of `blobs` (too large: 413)
 */
export async function storeArtifact(
  parts: Parts,
  attempt: AttemptRecord,
  words: ArtifactWords,
  file: ReceivedFile,
): Promise<void> {
  const { maxBytes, access } = words;
  if (words.type !== null) checkType(words.type);
  const { jobId, projectId } = attempt;
  // Each upload its own: what was kept before is never replaced by one that is then refused.
  const key = makeKey('artifacts', jobId, `${randomBytes(6).toString('hex')}.${EXTENSIONS[words.format ?? 'zip']}`);
  const most = words.type === 'dotenv' ? Math.min(maxBytes, MOST_DOTENV_BYTES) : maxBytes;
  // Whatever happens before a row names the bytes, they go when the attempt has ended.
  await parts.store.write((tx) => doomBlobs(tx, [key], attempt.id));
  const outcome = await orRemove(parts, key, async () => {
    const stored = await parts.blobs.put(key, file.body, { maxBytes: most });
    const { type, format, expireIn } = wholeWords(words, await file.fields());
    const variables = type === 'dotenv' ? await readDotenv(parts, key, format) : null;
    return await parts.store.write(async (tx) => {
      const isAlive = await renewLease(tx, attempt.id, tx.now() + leaseMs(attempt.features));
      if (!isAlive) return 'over';
      const isNew = await insertArtifact(tx, {
        jobId,
        projectId,
        type,
        format,
        filename: file.filename.replace(/[\\/\0]/g, '_').slice(0, LONGEST_FILENAME) || 'artifact',
        sizeBytes: stored.sizeBytes,
        sha256: stored.sha256,
        blob: key,
        access,
        expiresAt: expiryOf(expireIn, tx.now()),
      });
      if (!isNew) return (await findArtifact(tx, jobId, type))?.sha256 === stored.sha256 ? 'there' : 'taken';
      if (variables !== null) await putJobReport(tx, jobId, 'dotenv', variables);
      await forgetDoomedBlobs(tx, [key]);
      return 'new';
    });
  });
  if (outcome === 'new') return;
  await removeDoomed(parts, [key]);
  if (outcome === 'over') throw forbidden('the job is over');
  if (outcome === 'taken') throw badRequest('another artifact of the same type already exists');
}

/** Where the query says nothing, the form does, as older runners send it. @throws HttpError 400 */
function wholeWords(
  { type, format, expireIn }: ArtifactWords,
  form: Readonly<Record<string, string>>,
): { readonly type: string; readonly format: ArtifactFormat; readonly expireIn: string | null } {
  const said = format ?? (form.artifact_format || 'zip');
  const known = FORMATS.find((each) => each === said);
  if (known === undefined)
    throw badRequest(`artifact_format does not have a valid value (allowed: ${FORMATS.join(', ')})`);
  return {
    type: checkType(type ?? (form.artifact_type || 'archive')),
    format: known,
    expireIn: expireIn ?? form.expire_in ?? null,
  };
}

function checkType(type: string): string {
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(type)) throw badRequest('artifact_type does not have a valid value');
  return type;
}

/** What no row came to name goes at once, or a runner could fill the disk with what is refused. Not where nobody knows whether one did. */
async function orRemove<T>(parts: Parts, key: string, keep: () => Promise<T>): Promise<T> {
  try {
    return await keep();
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'commit_unknown')) await removeDoomed(parts, [key]);
    throw error;
  }
}

async function readDotenv({ blobs }: Parts, key: string, format: ArtifactFormat) {
  const { body, sizeBytes } = await blobs.open(key);
  if (sizeBytes > MOST_DOTENV_BYTES) {
    body.destroy();
    throw new HttpError(413, { message: '413 the dotenv report is too large' });
  }
  const bytes = await buffer(body);
  const parsed = parseDotenv(format === 'gzip' ? unpack(bytes) : bytes);
  if (!parsed.ok) throw badRequest(`the dotenv report is none: ${parsed.error}`);
  return parsed.variables;
}

function unpack(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_DOTENV_BYTES });
  } catch (cause) {
    throw new Failure('archive_unreadable', 'the dotenv report does not unpack', { cause });
  }
}

/** What cannot be read as a time is the usual one: the file was checked when it was compiled. */
function expiryOf(expireIn: string | null, now: number): number | null {
  if (expireIn === null || expireIn === '') return now + USUAL_MS;
  const parsed = parseExpiry(expireIn);
  if (!parsed.ok) return now + USUAL_MS;
  return parsed.ms === null ? null : now + parsed.ms;
}
