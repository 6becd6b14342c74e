import { Failure } from '../../../../base/index.ts';

/** A field of 8 bytes holds 7 octal digits, one of 12 bytes 11 of them: 8 GiB. What is larger, or negative, is a number of base 256 with the first bit set. */
const BASE_256 = 0x80;
const OCTAL = /^ *([0-7]+)[ \0]*$/;

/**
 * @throws Failure `archive_refused`: it holds no number, or one that a double cannot hold
 */
export function readNumber(field: Buffer, name: string): number {
  const value = ((field[0] ?? 0) & BASE_256) === 0 ? readOctal(field) : readBase256(field);
  if (value !== null && Number.isSafeInteger(value)) return value;
  throw new Failure('archive_refused', `the archive has a ${name} that is no number`);
}

function readOctal(field: Buffer): number | null {
  const digits = OCTAL.exec(field.toString('latin1'))?.[1];
  return digits === undefined ? null : Number.parseInt(digits, 8);
}

/** Two's complement, of which the second bit is the sign. */
function readBase256(field: Buffer): number {
  const isNegative = ((field[0] ?? 0) & 0x40) !== 0;
  let value = isNegative ? -1n : 0n;
  for (const [index, byte] of field.entries()) {
    value = (value << 8n) | BigInt(index === 0 && !isNegative ? byte & 0x7f : byte);
  }
  return Number(BigInt.asIntN(8 * field.length, value));
}

/** Octal where that is enough, which every tar reads. */
export function writeNumber(field: Buffer, value: number): void {
  const digits = field.length - 1;
  if (value >= 0 && value < 8 ** digits) {
    field.write(`${value.toString(8).padStart(digits, '0')}\0`, 'latin1');
    return;
  }
  let rest = BigInt(value);
  for (let at = field.length - 1; at >= 0; at--) {
    field[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  field[0] = (field[0] ?? 0) | BASE_256;
}
