import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Which of them are not in PATH, as a reason to print; null when all are there. */
export function missingPrograms(names: readonly string[]): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const absent = names.filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
  return absent.length > 0 ? `${absent.join(', ')} not installed` : null;
}
