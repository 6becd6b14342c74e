import { buffer } from 'node:stream/consumers';
import { describeError, errorCode, Failure, toBytePath } from '../../../../base/index.ts';
import type { CollectedFile } from '../../../executor.ts';
import { checkPath } from '../../../files/check-path.ts';
import { parentsOf } from '../list/list-program.ts';
import type { RemoteFilesOptions } from '../remote-files-options.ts';
import { tryAgain } from '../retry.ts';
import { openTalk } from '../talk.ts';
import { createTarWriter, type TarWriter } from '../tar/write-tar.ts';
import { ownTurns, type Turns } from '../turns.ts';
import { conclude } from './conclude.ts';
import { createFrames, type Frames } from './frames.ts';
import { createSupply, type Supply } from './supply.ts';
import { unpackProgram } from './unpack-program.ts';

const SMALL_BYTES = 64 * 1024;
/** `tar -o` gives all to who unpacks it. */
const NOBODY = { uid: 0, gid: 0 };

/** One `deliver`. */
interface Delivery {
  readonly supply: Supply<CollectedFile>;
  /** Each gets its mode at the very end: a read-only one takes no files. */
  readonly directories: Map<string, CollectedFile>;
  readonly turns: Turns;
  readonly signal: AbortSignal;
}

/** One archive of it, under way. */
interface Parcel {
  readonly delivery: Delivery;
  readonly frames: Frames;
  readonly tar: TarWriter;
  /** Links that come at its end, for nothing in it may lie below one: what comes next is asked about once they are there. */
  readonly links: Map<string, Link>;
  /** Directories that were asked about. */
  readonly known: Set<string>;
  /** What was to lie in them, in the order in which they were asked about. */
  readonly asked: string[];
}

interface Link {
  readonly target: string;
  readonly modifiedMs: number;
}

/**
 * As `Place.deliver`: `path_refused` for what leaves the directory, also through a link. What was cut is sent anew, so `open` of a file may be called more than once.
 * @throws Failure `path_refused`, `files_not_delivered`, `no_space`, `tool_missing`, and as `openTalk`; the abort reason
 */
export async function deliverRemote(
  options: RemoteFilesOptions,
  files: AsyncIterable<CollectedFile>,
  signal: AbortSignal,
): Promise<void> {
  const supply = createSupply(files);
  const delivery: Delivery = { supply, directories: new Map(), turns: ownTurns(options.stateDir), signal };
  try {
    for (let more = true; more; ) {
      more = await tryAgain(options.clock, signal, () => sendParcel(options, delivery));
      supply.settle(more);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await supply.close();
  }
}

/** @returns whether there is more, which the last file that was taken from the supply begins */
async function sendParcel(options: RemoteFilesOptions, delivery: Delivery): Promise<boolean> {
  const { signal, supply } = delivery;
  supply.again();
  const program = (): string => unpackProgram({ into: options.projectDir, turns: delivery.turns });
  const talk = await openTalk(options, { what: 'deliver', program, as: 'user', signal });
  try {
    const frames = createFrames(talk);
    const tar = createTarWriter(frames.write, NOBODY);
    const parcel: Parcel = { delivery, frames, tar, links: new Map(), known: new Set(), asked: [] };
    let more = false;
    await conclude(talk, parcel.asked, async () => {
      more = await fill(parcel);
      await finish(parcel, !more);
    });
    return more;
  } finally {
    talk.close();
  }
}

async function fill(parcel: Parcel): Promise<boolean> {
  const { supply, directories, signal } = parcel.delivery;
  for (let file = await supply.next(); file !== null; file = await supply.next()) {
    signal.throwIfAborted();
    checkPath(file.path);
    const parents = parentsOf(file.path).slice(1);
    if (parents.some((parent) => parcel.links.has(parent))) return true;
    askAbout(parcel, parents, file.path);
    parcel.links.delete(file.path);
    if (file.kind === 'directory') {
      parcel.frames.ask('d', file.path);
      directories.set(file.path, file);
    } else {
      directories.delete(file.path);
      await attempt(file, () => add(parcel, file));
    }
  }
  return false;
}

/** Each of them: one that leads out is not made good by what it holds. */
function askAbout({ known, asked, frames }: Parcel, parents: readonly string[], path: string): void {
  for (const parent of parents) {
    if (known.has(parent)) continue;
    known.add(parent);
    asked.push(path);
    frames.ask('p', parent);
  }
}

async function add({ links, tar }: Parcel, file: CollectedFile): Promise<void> {
  const { path, mode, modifiedMs, sizeBytes } = file;
  if (file.kind === 'symlink') {
    links.set(path, { target: (await buffer(file.open())).toString('latin1'), modifiedMs });
    return;
  }
  const entry = { name: toBytePath(path), kind: 'file', mode: mode & 0o777, modifiedMs } as const;
  if (sizeBytes > SMALL_BYTES) return await tar.add({ ...entry, sizeBytes, content: file.open() });
  // Whatever was said of its size: it is not in the archive yet.
  const content = await buffer(file.open());
  await tar.add({ ...entry, sizeBytes: content.length, content: [content] });
}

/** A reason that is no Failure gets the name of the file. */
async function attempt({ path }: CollectedFile, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Failure || errorCode(error) === 'ABORT_ERR') throw error;
    throw new Failure('files_not_delivered', `${path} cannot be written: ${describeError(error)}`, { cause: error });
  }
}

/** @param isLast no parcel follows: directories get their modes and times, the deepest first, in an archive of their own, as links may come last; until then each takes files */
async function finish({ delivery, frames, tar, links }: Parcel, isLast: boolean): Promise<void> {
  const directories = [...delivery.directories.values()];
  if (!isLast) for (const directory of directories) await addDirectory(tar, directory, 0o700);
  for (const [path, { target, modifiedMs }] of links) {
    const name = toBytePath(path);
    await tar.add({ name, kind: 'symlink', mode: 0o777, modifiedMs, sizeBytes: 0, target });
  }
  await tar.end();
  await frames.say('end');
  const last = isLast ? directories.reverse() : [];
  if (last.length > 0) await setModes(frames, last);
  for (const [path, { modifiedMs }] of links) {
    frames.ask('l', String(Math.floor(modifiedMs / 1000)));
    frames.ask('l', path);
  }
  await frames.say('done');
}

async function setModes(frames: Frames, directories: readonly CollectedFile[]): Promise<void> {
  await frames.say('more');
  const tar = createTarWriter(frames.write, NOBODY);
  for (const directory of directories) await addDirectory(tar, directory, 0);
  await tar.end();
  await frames.say('end');
  for (const { path, mode } of directories) {
    frames.ask('c', (mode & 0o777).toString(8));
    frames.ask('c', path);
  }
}

async function addDirectory(tar: TarWriter, { path, mode, modifiedMs }: CollectedFile, more: number): Promise<void> {
  await tar.add({ name: toBytePath(path), kind: 'directory', mode: (mode & 0o777) | more, modifiedMs, sizeBytes: 0 });
}
