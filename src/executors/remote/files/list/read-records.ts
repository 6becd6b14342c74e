import { isUtf8 } from 'node:buffer';
import { Failure } from '../../../../base/index.ts';
import { checkPath } from '../../../files/check-path.ts';
import type { Talk } from '../talk.ts';
import { RECORD_END } from './list-program.ts';

/** What a list says of one path, which is relative to the project directory and leads nowhere else. */
export type ListRecord =
  | {
      readonly kind: 'file' | 'directory' | 'symlink' | 'other';
      readonly path: string;
      readonly mode: number;
      /** Seconds since 1970, whole. */
      readonly modified: number;
      readonly sizeBytes: number;
    }
  | { readonly kind: 'unreadable' | 'unreadable directory' | 'leads out'; readonly path: string }
  /** Its name cannot be asked for again: no UTF-8, or a line feed in it. */
  | { readonly kind: 'unnameable'; readonly path: string; readonly reason: string };

const MOST_RECORDS = 1_000_000;
const MOST_BYTES = 128 * 1024 ** 2;
const MOST_RECORD_BYTES = 4096 + 64;
const END = Buffer.from(RECORD_END);
const FORM = /^([0-9a-f]{1,8}) (\d{1,16}) (-?\d{1,16}) \.(?:\/(.*))?$/s;
const NOTE_FORM = /^!([rdo]) \.(?:\/(.*))?$/s;
const NOTES = { r: 'unreadable', d: 'unreadable directory', o: 'leads out' } as const;
const KINDS: Readonly<Record<number, 'file' | 'directory' | 'symlink'>> = { 8: 'file', 4: 'directory', 10: 'symlink' };

/**
 * The records of a list as they come. Whoever says them may be anything: what has not their form ends it.
 * @throws Failure `list_refused`, `path_refused`, `answer_too_long` (a million names, or 128 MiB), and as `Talk.next`
 */
export async function* readRecords(talk: Talk): AsyncGenerator<ListRecord> {
  let rest: Buffer = Buffer.alloc(0);
  let records = 0;
  let bytes = 0;
  for (let piece = await talk.next(); piece !== null; piece = await talk.next()) {
    bytes += piece.length;
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let from = 0;
    for (let end = rest.indexOf(END); end !== -1; end = rest.indexOf(END, from)) {
      const record = rest.subarray(from, end);
      from = end + END.length;
      records += 1;
      if (records > MOST_RECORDS || bytes > MOST_BYTES) throw tooLong();
      if (record.toString('latin1') === 'end') return;
      yield parse(record);
    }
    rest = rest.subarray(from);
    if (rest.length > MOST_RECORD_BYTES) throw refused(rest);
  }
  throw new Failure('reach_cut', 'the list ends in the middle');
}

function parse(record: Buffer): ListRecord {
  if (record.length > MOST_RECORD_BYTES) throw refused(record);
  const text = record.toString();
  const note = NOTE_FORM.exec(text);
  if (note !== null) return { kind: NOTES[note[1] as keyof typeof NOTES], path: checked(note[2]) };
  const [, mode, size, modified, name] = FORM.exec(text) ?? [];
  if (mode === undefined) throw refused(record);
  const path = checked(name);
  if (!isUtf8(record)) return unnameable(path, '\ufffd', 'its name is not UTF-8');
  if (path.includes('\n')) return unnameable(path, '\n', 'its name has a line feed');
  const bits = Number.parseInt(mode, 16);
  return {
    kind: KINDS[bits >> 12] ?? 'other',
    path,
    mode: bits & 0o777,
    modified: Number(modified),
    sizeBytes: Number(size),
  };
}

/** '': the project directory itself. @throws Failure `path_refused` */
function checked(name: string | undefined): string {
  if (name !== undefined) checkPath(name);
  return name ?? '';
}

/** The first directory on the way that has such a name: what lies in it is not told one by one. */
function unnameable(path: string, sign: string, reason: string): ListRecord {
  const end = path.indexOf('/', path.indexOf(sign));
  return { kind: 'unnameable', path: end === -1 ? path : path.slice(0, end), reason };
}

function refused(record: Buffer): Failure {
  return new Failure('list_refused', `the list of files has a line of another form: ${show(record)}`);
}

function show(record: Buffer): string {
  return JSON.stringify(record.toString('utf8', 0, 80));
}

function tooLong(): Failure {
  return new Failure('answer_too_long', `the list of files has more than ${MOST_RECORDS} names, or 128 MiB`);
}
