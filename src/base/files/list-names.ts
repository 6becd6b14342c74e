import { readdir } from 'node:fs/promises';
import { errorCode } from '../failure.ts';

/** Names in a directory, in no order; of one that is not there, none. */
export async function listNames(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
