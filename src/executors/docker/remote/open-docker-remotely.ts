import { hostPrograms } from '../../containers/host-programs.ts';
import type { JobSpec, Place, Say, StepState } from '../../executor.ts';
import { openRemotePlace } from '../../remote/open-remote-place.ts';
import { claimedSteps } from '../../steps/step-directory.ts';
import { labelsOf } from '../labels.ts';
import { type DockerMeans, JobInDocker } from '../place/job-in-docker.ts';
import { Remarks } from '../place/remarks.ts';
import { createDockerReach } from './docker-reach.ts';
import { sentFiles } from './sent-files.ts';

/** The place of a job on an engine that sees nothing of this machine. @throws as `Executor.prepare` */
export function openDockerRemotely(means: DockerMeans, job: JobSpec, signal: AbortSignal, say?: Say): Promise<Place> {
  const { impatient: engine, clock, table, owner, settings } = means;
  const image = job.image?.name ?? settings.image;
  if (claimedSteps(job.stepsDir).length === 0 && image !== null) say?.(`Using Docker executor with image ${image} ...`);
  // Whoever asks has a clock for all calls.
  const hasty = { ...means, engine };
  const files = sentFiles({ engine, job, labels: labelsOf(job, 'volume', owner) });
  const docker = new JobInDocker(hasty, job, files);
  const remarks = new Remarks({
    ...{ impatient: engine, memoryBytes: settings.memoryBytes },
    containerId: () => docker.containerId,
    services: () => docker.services,
  });
  let replaced: readonly string[] = [];
  const reach = createDockerReach(docker, () => {
    replaced = ['the container of the job was removed'];
  });

  async function remarksAbout(state: StepState): Promise<readonly string[]> {
    const told = state.kind === 'vanished' ? replaced : [];
    if (told.length > 0) replaced = [];
    return [...told, ...(await remarks.about(state))];
  }

  return openRemotePlace(
    {
      ...{ reach, clock, job, host: hostPrograms(job, table, clock) },
      remarks: remarksAbout,
    },
    signal,
    say,
  );
}
