import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../base/index.ts';

/** What is sent of one file. */
export interface PageFile {
  readonly bytes: Buffer;
  readonly type: string;
  /** How it was compressed when it was built; null: not at all. */
  readonly encoding: 'br' | 'gzip' | null;
}

/** The built page. */
export interface PageBuild {
  /** Null: there is no build. */
  document(): Promise<string | null>;
  /** One file by its name with the hash. Null: there is none so called. */
  file(name: string, accepted: string): Promise<PageFile | null>;
}

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};
/** Nothing that is in another directory, and nothing without a type. */
const NAME = /^[\w-][\w.-]*\.(js|css|svg)$/;
const ENCODINGS = [
  { encoding: 'br', suffix: '.br' },
  { encoding: 'gzip', suffix: '.gz' },
  { encoding: null, suffix: '' },
] as const;

/**
 * The build in `directory`: `index.html`, and beside it the files that it names, which are there compressed too (`NAME.br`, `NAME.gz`). Read
 * when they are asked for first, and kept: a name is what is in it. The document stays the one that this program began with, as its files do for a day.
 */
export function openBuild(directory: string): PageBuild {
  const files = new Map<string, Buffer>();
  let document: string | null = null;
  const read = async (path: string): Promise<Buffer | null> => {
    const known = files.get(path);
    if (known !== undefined) return known;
    const bytes = await readIfThere(join(directory, path));
    if (bytes !== null) files.set(path, bytes);
    return bytes;
  };
  return {
    async document() {
      document ??= (await readIfThere(join(directory, 'index.html')))?.toString() ?? null;
      return document;
    },
    async file(name, accepted) {
      const type = TYPES[NAME.exec(name)?.[1] ?? ''];
      if (type === undefined) return null;
      const taken = new Set(accepted.toLowerCase().split(/[\s,;]+/));
      for (const { encoding, suffix } of ENCODINGS) {
        if (encoding !== null && !taken.has(encoding)) continue;
        const bytes = await read(`${name}${suffix}`);
        if (bytes !== null) return { bytes, type, encoding };
      }
      return null;
    },
  };
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    throw error;
  }
}
