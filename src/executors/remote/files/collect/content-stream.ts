import { Failure } from '../../../../base/index.ts';
import type { ListedFile } from '../list/list-files.ts';
import type { RemoteFilesOptions } from '../remote-files-options.ts';
import { type Ended, openTalk, SILENCE_MS, type Talk } from '../talk.ts';
import { createTarReader, type TarEntry, type TarReader } from '../tar/read-tar.ts';
import { contentProgram, NO_TAR } from './content-program.ts';

/** Contents of listed files as one archive, from one of them on. */
export interface ContentStream {
  /** Of the list: the one whose content comes next; −1 before the first. */
  readonly at: number;
  /** The last one that it was asked for. */
  readonly last: number;
  readonly reader: Pick<TarReader, 'content' | 'leftBytes'>;
  /**
   * Goes on to the entry of a listed file. null: it has been passed over, for it is not there any more or may not be read.
   * @throws Failure `archive_refused`, `archive_cut`, `tool_missing`, and as `Talk.next`
   */
  seek(index: number): Promise<TarEntry | null>;
  close(): void;
}

/** Of content that nobody wants; behind more than that another archive begins. */
export const MOST_PASSED_BYTES = 8 * 1024 * 1024;
/** Names that are sent at once; what comes behind them is another archive. */
const MOST_NAMES_BYTES = 1024 * 1024;

export interface ContentOptions {
  readonly options: RemoteFilesOptions;
  readonly files: readonly ListedFile[];
  readonly signal: AbortSignal;
}

/** Of the files behind `from`, too, as many as can be named at once. */
export async function openContentStream(
  { options, files, signal }: ContentOptions,
  from: number,
): Promise<ContentStream> {
  const names = nameThem(files, from);
  const bytes = Buffer.from(names.map((index) => `./${files[index]?.path ?? ''}\n`).join(''));
  const program = contentProgram(options.projectDir, bytes.length);
  const talk = await openTalk(options, { what: 'collect', program, as: 'user', signal });
  talk.feed(bytes);
  return follow(talk, createNames(files, names), {
    last: names.at(-1) ?? from,
    unreadMs: options.silenceMs ?? SILENCE_MS,
  });
}

interface Following {
  readonly last: number;
  /** A consumer that takes nothing for so long does not keep a program in the place waiting: what it wants then comes by another one. */
  readonly unreadMs: number;
}

function follow(talk: Talk, indexOf: (name: string) => number | null, { last, unreadMs }: Following): ContentStream {
  let unread: NodeJS.Timeout | null = null;
  const reader = createTarReader(async () => {
    if (unread !== null) clearTimeout(unread);
    const piece = await talk.next();
    unread = setTimeout(() => talk.close(new Failure('reach_cut', 'it was not read for too long')), unreadMs);
    unread.unref();
    return piece;
  });
  let at = -1;
  let entry: TarEntry | null = null;

  /** Archives follow each other; behind the last one the program has ended. @returns null: then */
  async function nextEntry(): Promise<TarEntry | null> {
    for (let isBetween = false; ; isBetween = true) {
      try {
        const found = await reader.next();
        if (found !== null) return found;
      } catch (error) {
        if (!(error instanceof Failure && error.code === 'archive_cut')) throw error;
        const ended = await talk.end();
        if (isBetween) return null;
        throw explain(ended, error);
      }
    }
  }

  async function next(): Promise<void> {
    // Whoever says that a file is larger than it was is not listened to for so long.
    if (reader.leftBytes() > MOST_PASSED_BYTES) throw new Failure('archive_cut', 'there is too much to pass over');
    entry = await nextEntry();
    const index = entry === null ? Number.POSITIVE_INFINITY : indexOf(entry.name);
    if (index === null) throw new Failure('archive_refused', `the archive has ${show(entry)}, which nobody asked for`);
    at = index;
  }

  return {
    get at() {
      return at;
    },
    last,
    reader,
    async seek(index) {
      while (at < index) await next();
      return at === index ? entry : null;
    },
    close() {
      if (unread !== null) clearTimeout(unread);
      talk.close();
    },
  };
}

function explain({ code, complaint }: Ended, error: Failure): Failure {
  if (code === NO_TAR) return new Failure('tool_missing', 'files cannot be collected: the image has no `tar`');
  return new Failure(error.code, `${error.message} (tar has ended with ${code}: ${complaint})`);
}

function show(entry: TarEntry | null): string {
  return JSON.stringify(entry?.name.slice(0, 200));
}

function nameThem(files: readonly ListedFile[], from: number): readonly number[] {
  const names: number[] = [];
  let bytes = 0;
  for (let index = from; index < files.length && bytes < MOST_NAMES_BYTES; index += 1) {
    const file = files[index] as ListedFile;
    if (!hasContent(file)) continue;
    names.push(index);
    bytes += 3 + Buffer.byteLength(file.path);
  }
  return names;
}

export function hasContent({ kind, sizeBytes }: ListedFile): boolean {
  return kind === 'symlink' || (kind === 'file' && sizeBytes > 0);
}

/** Entries come in the order that was asked for, some may be missing. @returns what was asked for by that name, further on; null: nothing */
function createNames(files: readonly ListedFile[], names: readonly number[]): (name: string) => number | null {
  let next = 0;
  return (name) => {
    const path = Buffer.from(name.startsWith('./') ? name.slice(2) : name, 'latin1').toString();
    for (; next < names.length; next += 1) {
      const index = names[next] as number;
      if (files[index]?.path !== path) continue;
      next += 1;
      return index;
    }
    return null;
  };
}
