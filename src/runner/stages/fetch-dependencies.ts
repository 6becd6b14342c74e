import type { JobRun } from '../job-run.ts';
import { type DependencyArchive, unpackDependencies } from '../save/dependencies.ts';
import { saveOptions } from '../save/save-options.ts';
import { ask } from './ask.ts';

/** Brings the artifacts of earlier jobs into the project directory; jobs that kept none are passed over. */
export async function fetchDependencies(run: JobRun, signal: AbortSignal): Promise<void> {
  const archives: DependencyArchive[] = [];
  for (const dependency of run.payload.dependencies) {
    const path = await ask(signal, () => run.ports.dependencyArchive(dependency, signal));
    if (path !== null) archives.push({ jobId: dependency.id, jobName: dependency.name, path });
  }
  const { place, limits, log } = saveOptions(run, signal);
  await unpackDependencies({ archives, place, limits, log, signal });
}
