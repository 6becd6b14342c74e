import { createHash } from 'node:crypto';
import type { JobPayload } from '../../../protocol/index.ts';

/**
 * `EPILOGUE_CLEANUP_KEY`: one for every attempt at a job's cleanup on every runner, and nobody else's in the world. A coordinator
 * that makes none has ids that are unique on its server.
 */
export function cleanupKey({ cleanup_key: given, variables, job_info, id }: JobPayload): string {
  if (given !== undefined && given !== '') return given;
  const server = variables.findLast(({ key }) => key === 'CI_SERVER_URL')?.value ?? '';
  return createHash('sha256')
    .update(JSON.stringify([server, job_info.project_id, id]))
    .digest('hex')
    .slice(0, 32);
}
