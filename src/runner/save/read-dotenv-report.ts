import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { describeError } from '../../base/index.ts';
import { type Dotenv, MAX_DOTENV_BYTES, parseDotenv } from '../../protocol/index.ts';

/** Reads a dotenv report that `saveArtifacts` kept (gzip). */
export async function readDotenvReport(path: string, signal: AbortSignal): Promise<Dotenv> {
  try {
    const packed = await readFile(path, { signal });
    return parseDotenv(gunzipSync(packed, { maxOutputLength: MAX_DOTENV_BYTES + 1 }));
  } catch (error) {
    signal.throwIfAborted();
    return { ok: false, error: `invalid dotenv report: ${describeError(error)}` };
  }
}
