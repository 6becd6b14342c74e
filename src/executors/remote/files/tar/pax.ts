import { Failure } from '../../../../base/index.ts';

/** What a pax header says instead of the header behind it, and we care for. */
export interface PaxSays {
  readonly name?: string;
  readonly linkName?: string;
  readonly sizeBytes?: number;
  /** Seconds since 1970, whole. */
  readonly modified?: number;
}

/** Records `<length> <key>=<value>\n`, the length that of the whole record. Values are bytes (latin1). @throws Failure `archive_refused` */
export function readPax(content: Buffer): PaxSays {
  const says: Record<string, string | number> = {};
  for (let at = 0; at < content.length; ) {
    const [key, value, next] = readRecord(content, at);
    if (key.startsWith('GNU.sparse.')) throw new Failure('archive_refused', 'the archive has a sparse file');
    if (key === 'path') says.name = value;
    if (key === 'linkpath') says.linkName = value;
    if (key === 'size') says.sizeBytes = wholeNumber(key, value, /^\d{1,16}$/);
    if (key === 'mtime') says.modified = wholeNumber(key, value.replace(/\.\d*$/, ''), /^-?\d{1,16}$/);
    at = next;
  }
  return says;
}

function readRecord(content: Buffer, at: number): [key: string, value: string, next: number] {
  const blank = content.indexOf(0x20, at);
  const digits = content.toString('latin1', at, blank === -1 ? at : Math.min(blank, at + 8));
  const next = at + (/^\d+$/.test(digits) ? Number(digits) : Number.NaN);
  // Also false where there is no number.
  if (!(next > blank && next <= content.length && content[next - 1] === 0x0a)) throw damaged();
  const record = content.toString('latin1', blank + 1, next - 1);
  const equals = record.indexOf('=');
  if (equals < 1) throw damaged();
  return [record.slice(0, equals), record.slice(equals + 1), next];
}

function wholeNumber(key: string, value: string, form: RegExp): number {
  const number = form.test(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  throw new Failure('archive_refused', `the archive has a ${key} that is no number`);
}

function damaged(): Failure {
  return new Failure('archive_refused', 'the archive is damaged: a pax header cannot be read');
}
