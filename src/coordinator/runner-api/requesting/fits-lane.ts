import type { Lane, RunnerFit } from '../../../store/index.ts';

/** Whether a runner may be what a lane waits for. A shared runner may turn out not to be: its project may take none. */
export function fitsLane(fit: RunnerFit, lane: Lane): boolean {
  if (fit.projects !== 'shared' && !fit.projects.includes(lane.projectId)) return false;
  if (lane.kind === 'cleanup' && !fit.takesCleanups) return false;
  if (lane.isGraceful && !fit.cancelsGracefully) return false;
  if (fit.isProtected && !lane.isProtected) return false;
  if (lane.tags.length === 0) return fit.runsUntagged;
  return lane.tags.every((tag) => fit.tags.includes(tag));
}
