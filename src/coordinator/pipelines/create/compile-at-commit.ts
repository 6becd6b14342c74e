import { Failure, type Problem } from '../../../base/index.ts';
import { type CompileContext, type CompileResult, type CompileSource, compile } from '../../../compile/index.ts';
import {
  type BareRepository,
  listChanges,
  listTree,
  mergeBase,
  readFiles,
  resolveRevision,
} from '../../../git/index.ts';

export interface AtCommit {
  readonly repository: BareRepository;
  readonly sha: string;
}

/** A file that includes one that includes one … makes as many rounds; far more than anybody nests, far less than would hurt. */
const MAX_ROUNDS = 200;
const MAX_FILE_BYTES = 5 * 1024 * 1024;
/** Of a pipeline: all its files are in memory at once, and GitLab too has an end to it. */
const MAX_TOTAL_BYTES = 64 * 1024 * 1024;

type ChangesSince = ReturnType<NonNullable<CompileContext['changesSince']>>;

/** What was read of a commit so far. */
interface Known {
  readonly files: Map<string, string | null>;
  readonly since: Map<string, ChangesSince>;
  readonly tooLarge: Problem[];
  tree: readonly string[] | null;
  leftBytes: number;
}

/**
 * Compiles a file with everything that it includes, all of it as it is at a commit. The compiler asks at once and git answers later: each round compiles with
 * what is known, and looks up what was asked for in vain.
 *
 * @param source the file, or text that stands for one; null: the file at `path`.
 */
export async function compileAtCommit(
  at: AtCommit,
  { path, source }: { readonly path: string; readonly source: CompileSource | null },
  context: Omit<CompileContext, 'read' | 'files' | 'changesSince'>,
): Promise<CompileResult | null> {
  const known: Known = { files: new Map(), since: new Map(), tooLarge: [], tree: null, leftBytes: MAX_TOTAL_BYTES };
  if (source === null) await readTexts(at, [path], known);
  const text = source === null ? (known.files.get(path) ?? null) : source.text;
  if (text === null) return known.tooLarge.length === 0 ? null : failed(known.tooLarge);
  const main = source ?? { file: path, text };
  for (let round = 1; ; round += 1) {
    const asked = { files: new Set<string>(), since: new Set<string>(), tree: false };
    const result = compile(main, {
      ...context,
      read: (file) => {
        if (!known.files.has(file)) asked.files.add(file);
        return known.files.get(file) ?? null;
      },
      files: () => {
        asked.tree ||= known.tree === null;
        return known.tree ?? [];
      },
      changesSince: (ref) => {
        if (!known.since.has(ref)) asked.since.add(ref);
        return known.since.get(ref) ?? { unknown: `\`${ref}\` is not looked up` };
      },
    });
    const isDone = asked.files.size === 0 && asked.since.size === 0 && !asked.tree;
    if (isDone || round === MAX_ROUNDS) return known.tooLarge.length === 0 ? result : failed(known.tooLarge);
    await readTexts(at, [...asked.files], known);
    for (const ref of asked.since) known.since.set(ref, await changesSince(at, ref));
    if (asked.tree) known.tree = await listFiles(at);
  }
}

function failed(problems: readonly Problem[]): CompileResult {
  return { plan: null, problems, filtered: null, merged: null, jobs: [], inputs: [] };
}

/** Null: there is no such file, or none can be. */
async function readTexts({ repository, sha }: AtCommit, paths: readonly string[], known: Known): Promise<void> {
  const limits = { maxBytes: MAX_FILE_BYTES, maxTotalBytes: known.leftBytes };
  for (const [path, found] of await readFiles(repository, sha, paths, limits)) {
    if (found instanceof Failure && found.code !== 'bad_name') {
      known.tooLarge.push({ code: 'file-too-large', message: found.message, severity: 'error', file: path });
    }
    if (found !== null && !(found instanceof Failure)) known.leftBytes -= found.entry.sizeBytes;
    const isText = found !== null && !(found instanceof Failure) && found.entry.mode !== '120000';
    known.files.set(path, isText ? found.content.toString() : null);
  }
}

async function listFiles({ repository, sha }: AtCommit): Promise<readonly string[]> {
  const entries = await listTree(repository, sha, { recursive: true });
  return entries.filter(({ kind }) => kind === 'file').map(({ path }) => path);
}

async function changesSince({ repository, sha }: AtCommit, ref: string): Promise<ChangesSince> {
  const revision = await resolveRevision(repository, ref);
  if (revision === null) return { unknown: `there is no \`${ref}\`` };
  const base = await mergeBase(repository, revision.sha, sha);
  if (base === null) return { unknown: `\`${ref}\` has no history in common with this commit` };
  return (await listChanges(repository, base, sha)).map(({ path }) => path);
}
