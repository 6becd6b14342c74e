import { backup, DatabaseSync } from 'node:sqlite';

/** More pages than there can be: all of them in one step, which nobody who writes meanwhile makes begin anew. */
const ALL_PAGES = 2 ** 31 - 1;

/** The embedded database as it is at one moment, while others write to it. */
export async function copyDatabase(file: string, target: string): Promise<void> {
  const source = new DatabaseSync(file, { readOnly: true });
  try {
    await backup(source, target, { rate: ALL_PAGES });
  } finally {
    source.close();
  }
}
