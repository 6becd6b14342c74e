import { Failure } from '../../../../base/index.ts';
import type { ListedFile } from '../list/list-files.ts';
import { isCut } from '../retry.ts';
import type { TarEntry } from '../tar/read-tar.ts';
import {
  type ContentOptions,
  type ContentStream,
  hasContent,
  MOST_PASSED_BYTES,
  openContentStream,
} from './content-stream.ts';

export interface Contents {
  /**
   * A file's bytes, as many as were announced at most; the target of a link. Quick for one after the other in the order of the list; any other is right, too.
   * @throws Failure `file_changed` (it is not there any more, or another one), `archive_refused`, `tool_missing`, `place_lost`, …; the abort reason
   */
  open(index: number): AsyncGenerator<Buffer>;
  close(): void;
}

/** Connections in a row that bring nothing. */
const MOST_TRIES = 5;
const PAUSE_MS = 100;

/** One archive for all files. What was cut goes on in a new one; of the file under way, which must be the same still, what was given is dropped. */
export function createContents(content: ContentOptions): Contents {
  const all = createLane(content);
  let isBusy = false;

  async function* open(index: number): AsyncGenerator<Buffer> {
    // Whoever reads two at once gets an archive for each.
    const own = isBusy ? createLane(content) : null;
    if (own === null) isBusy = true;
    try {
      yield* read(content, own ?? all, index);
    } finally {
      if (own === null) isBusy = false;
      else own.close();
    }
  }

  return { open, close: all.close };
}

/** An archive, and another one where that has passed what is wanted, or was cut. */
interface Lane {
  seek(index: number): Promise<{ readonly from: ContentStream; readonly entry: TarEntry }>;
  close(): void;
}

function createLane(content: ContentOptions): Lane {
  const { files } = content;
  let stream: ContentStream | null = null;

  function close(): void {
    stream?.close();
    stream = null;
  }

  async function seek(index: number): ReturnType<Lane['seek']> {
    if (stream === null || !isNear(stream, files, index)) {
      close();
      stream = await openContentStream(content, index);
    }
    const from = stream;
    const isFirst = from.at === -1;
    const entry = await from.seek(index);
    if (entry?.kind === 'hardlink' && !isFirst) {
      // Another name of what came before in this archive: in one that begins with it, it is a file.
      close();
      return await seek(index);
    }
    return { from, entry: sameKind(entry, files[index] as ListedFile) };
  }

  return { seek, close };
}

async function* read({ options, files, signal }: ContentOptions, lane: Lane, index: number): AsyncGenerator<Buffer> {
  const file = files[index] as ListedFile;
  let given = 0;
  let known: TarEntry | null = null;
  for (let tries = 1; ; tries += 1) {
    try {
      const { from, entry } = await lane.seek(index);
      known = sameFile(known ?? entry, entry, file);
      for await (const piece of piecesOf(from, entry, file, given)) {
        given += piece.length;
        tries = 1;
        yield piece;
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      lane.close();
      if (!isCut(error) || tries >= MOST_TRIES) throw error;
    }
    await options.clock.sleep(PAUSE_MS * 4 ** (tries - 1), signal);
  }
}

/** It comes next, or behind so little that passing that over costs less than another program. */
function isNear({ at, last, reader }: ContentStream, files: readonly ListedFile[], index: number): boolean {
  if (at >= index || index > last) return false;
  let passed = reader.leftBytes();
  for (let between = at + 1; between < index && passed <= MOST_PASSED_BYTES; between += 1) {
    const file = files[between] as ListedFile;
    if (at !== -1 && hasContent(file)) passed += file.sizeBytes;
  }
  return passed <= MOST_PASSED_BYTES;
}

function sameKind(entry: TarEntry | null, { path, kind }: ListedFile): TarEntry {
  if (entry?.kind === kind) return entry;
  const what = entry === null ? 'is not there any more, or may not be read' : `has become a ${entry.kind}`;
  throw new Failure('file_changed', `${path} ${what}`);
}

function sameFile(known: TarEntry, entry: TarEntry, { path }: ListedFile): TarEntry {
  if (known.sizeBytes === entry.sizeBytes && known.modified === entry.modified && known.target === entry.target)
    return entry;
  throw new Failure('file_changed', `${path} has changed while it was read`);
}

async function* piecesOf(
  { reader }: ContentStream,
  entry: TarEntry,
  { sizeBytes }: ListedFile,
  given: number,
): AsyncGenerator<Buffer> {
  if (entry.kind === 'symlink') {
    const target = Buffer.from(entry.target, 'latin1');
    if (target.length > given) yield target.subarray(given);
    return;
  }
  let at = 0;
  while (at < sizeBytes) {
    const piece = await reader.content();
    if (piece === null) return;
    const wanted = piece.subarray(Math.max(0, given - at), sizeBytes - at);
    at += piece.length;
    if (wanted.length > 0) yield wanted;
  }
}
