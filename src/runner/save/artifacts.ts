import { basename, dirname, join } from 'node:path';
import { Failure, removeTree } from '../../base/index.ts';
import type { CollectedFile, FileSelection, Place } from '../../executors/index.ts';
import type { ArtifactFormat, PayloadArtifact } from '../../protocol/index.ts';
import { errorLine } from '../log/sections.ts';
import type { ArchiveLimits } from './archive/archive-limits.ts';
import { type ArchiveSummary, writeArchive } from './archive/write-archive.ts';
import { writeGzip } from './archive/write-gzip.ts';
import { foundLine, nothingFoundLine, unlessEmpty } from './describe-selection.ts';
import { createLeftOut } from './left-out.ts';
import { writeFileWhole } from './output-file.ts';
import { readDotenvReport } from './read-dotenv-report.ts';

export interface SaveArtifactsOptions {
  readonly artifacts: readonly PayloadArtifact[] | null;
  /** Cause `succeeded`; every other cause keeps `on_failure` and `always`. */
  readonly succeeded: boolean;
  readonly place: Place;
  /** The job's own; receives the files. Emptied first: a runner that was killed may have left half a file. */
  readonly targetDir: string;
  readonly expand: (text: string) => string;
  readonly limits: ArchiveLimits;
  /** Takes text for the job's log, in GitLab's format. */
  readonly log: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface SavedArtifact {
  /** `archive` or a report type. */
  readonly type: string;
  readonly format: ArtifactFormat;
  readonly path: string;
  /** Matching files and directories. */
  readonly files: number;
  readonly sizeBytes: number;
  /** As the payload has it, such as `1 week`; absent: it does not say. */
  readonly expireIn?: string;
}

export interface PackedArtifacts {
  readonly artifacts: readonly SavedArtifact[];
  /** What is wrong with a report that later jobs go by; null: nothing. */
  readonly invalid: string | null;
}

/** The artifacts that a job with this result keeps. */
export function selectArtifacts(
  artifacts: readonly PayloadArtifact[] | null,
  succeeded: boolean,
): readonly PayloadArtifact[] {
  const unwanted = succeeded ? 'on_failure' : 'on_success';
  return (artifacts ?? []).filter(({ when }) => (when ?? 'on_success') !== unwanted);
}

/**
 * Keeps a job's artifacts in `targetDir`: the archive in it, a report in a directory named for its type. Nothing matching is a warning
 * in the log, not a failure, and so is what cannot be read. May be repeated: it begins again.
 * @throws Failure when an artifact could not be kept (limits, disk); those before it stay.
 */
export async function saveArtifacts(options: SaveArtifactsOptions): Promise<PackedArtifacts> {
  const left = await removeTree(dirname(options.targetDir), [basename(options.targetDir)]);
  if (left.length > 0)
    throw new Failure('target_unwritable', `cannot empty ${options.targetDir}; left: ${left.join(', ')}`);
  const artifacts: SavedArtifact[] = [];
  let invalid: string | null = null;
  for (const artifact of selectArtifacts(options.artifacts, options.succeeded)) {
    const kept = await saveArtifact(options, artifact, new Set(artifacts.map(({ path }) => path)));
    if (kept === null) continue;
    artifacts.push(kept);
    invalid ??= await judgeReport(options, artifact, kept);
  }
  return { artifacts, invalid };
}

/** Whoever gets the variables would miss some without a word; a coordinator refuses such a report, and with it the job. */
async function judgeReport(
  { log, expand, signal }: SaveArtifactsOptions,
  { paths }: PayloadArtifact,
  { type, path }: SavedArtifact,
): Promise<string | null> {
  if (type !== 'dotenv') return null;
  const dotenv = await readDotenvReport(path, signal);
  if (dotenv.ok) return null;
  const words = `${paths.map(expand).join(', ')}: ${dotenv.error}`;
  log(errorLine(`${words}; no variables are handed on`));
  return words;
}

async function saveArtifact(
  options: SaveArtifactsOptions,
  artifact: PayloadArtifact,
  taken: ReadonlySet<string>,
): Promise<SavedArtifact | null> {
  const { place, expand, limits, log, signal } = options;
  const { artifact_type: type, artifact_format: format } = artifact;
  const selection: FileSelection = {
    paths: artifact.paths.map(expand),
    exclude: artifact.exclude.map(expand),
    untracked: artifact.untracked,
  };
  const leftOut = createLeftOut();
  const collected = place.collect(selection, signal, leftOut.add);
  // Only a zip can tell a directory or a link from a file.
  const files = await unlessEmpty(format === 'zip' ? collected : onlyFiles(collected));
  if (files === null) {
    log(leftOut.lines() + nothingFoundLine(selection) + errorLine('No files to upload'));
    return null;
  }
  const path = targetPath(options, artifact, taken);
  const { entries, sizeBytes } = await PACKERS[format](path, files, limits, signal);
  log(leftOut.lines() + foundLine(selection, entries));
  const expireIn = artifact.expire_in ? { expireIn: artifact.expire_in } : {};
  return { type, format, path, files: entries, sizeBytes, ...expireIn };
}

async function* onlyFiles(collected: AsyncIterable<CollectedFile>): AsyncGenerator<CollectedFile> {
  for await (const file of collected) if (file.kind === 'file') yield file;
}

type Pack = (
  path: string,
  files: AsyncIterable<CollectedFile>,
  limits: ArchiveLimits,
  signal: AbortSignal,
) => Promise<ArchiveSummary>;

const PACKERS: Readonly<Record<ArtifactFormat, Pack>> = { zip: writeArchive, gzip: writeGzip, raw: copyOne };
const ENDINGS: Readonly<Record<ArtifactFormat, string>> = { zip: '.zip', gzip: '.gz', raw: '' };

/** Raw artifacts have no wrapping that could hold more than one file. */
async function copyOne(
  path: string,
  files: AsyncIterable<CollectedFile>,
  limits: ArchiveLimits,
  signal: AbortSignal,
): Promise<ArchiveSummary> {
  return writeFileWhole(path, signal, async (output) => {
    let entries = 0;
    for await (const file of files) {
      entries += 1;
      if (entries > 1) throw new Failure('artifact_not_single', `a raw artifact is one file; ${file.path} is a second`);
      for await (const chunk of file.open()) {
        await output.write(chunk);
        if (output.size > limits.maxBytes) throw new Failure('archive_too_large', `${file.path} is too large to keep`);
      }
    }
    return { entries, sizeBytes: output.size };
  });
}

/** Bytes that leave room for an ending in a file name. */
const MAX_NAME_BYTES = 200;

/** What would move the cursor of whoever lists the directory. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;

/** Base name of the expanded `artifacts:name`; never outside the target directory. */
function targetPath(
  { targetDir, expand }: SaveArtifactsOptions,
  artifact: PayloadArtifact,
  taken: ReadonlySet<string>,
): string {
  const { artifact_type: type, artifact_format: format } = artifact;
  const name = basename(expand(artifact.name || 'artifacts').replaceAll('\0', '')).replace(CONTROLS, '_');
  const short = Buffer.from(name).subarray(0, MAX_NAME_BYTES).toString().replaceAll('\ufffd', '');
  const safe = short === '' || short === '.' || short === '..' ? 'default' : short;
  const directory = type === 'archive' ? targetDir : join(targetDir, type.replace(/\W/g, '_'));
  let path = join(directory, safe + ENDINGS[format]);
  for (let copy = 2; taken.has(path); copy += 1) path = join(directory, `${safe}-${copy}${ENDINGS[format]}`);
  return path;
}
