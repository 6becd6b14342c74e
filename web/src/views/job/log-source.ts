import { call, type Result } from '../../api/call.ts';
import type { LogSource } from '../../log/index.ts';

/** A job's log, as the viewer asks for it. `project` is a path or a number. */
export function logSourceOf(project: string, jobId: number): LogSource {
  const params = { id: project, job_id: jobId };
  return {
    async lines(query, signal) {
      return answered(await call('GET /api/v4/projects/:id/jobs/:job_id/trace/lines', { params, query, signal }));
    },
    async search(query, signal) {
      return answered(await call('GET /api/v4/projects/:id/jobs/:job_id/trace/search', { params, query, signal }));
    },
  };
}

function answered<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}
