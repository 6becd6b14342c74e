const MAX_PART_BYTES = 255;

/** Why a name in an archive is not taken, or null. A lone backslash is a letter of a Unix name; one that makes a path of it elsewhere is not taken. */
export function refuseName(path: string, maxBytes: number): string | null {
  if (Buffer.byteLength(path) > maxBytes) return `is longer than ${maxBytes} bytes`;
  if (path.includes('\0')) return 'has a zero byte';
  if (/^(?:[/\\]|[A-Za-z]:[/\\])/.test(path)) return 'is absolute';
  if (path.split(/[/\\]/).includes('..')) return 'leads out of its directory';
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.')) return 'is no plain path';
  return parts.some((part) => Buffer.byteLength(part) > MAX_PART_BYTES) ? 'has too long a part' : null;
}
