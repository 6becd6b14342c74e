import { posix } from 'node:path';
import { Failure } from '../../../base/index.ts';
import type { JobSpec } from '../../executor.ts';
import { temporaryDirOf } from '../../files/project-dir.ts';
import { remoteNestedRunsDir } from '../../remote/remote-nested-runs.ts';
import type { ContainerFiles } from '../container/container-files.ts';
import { runInside } from '../container/run-inside.ts';
import { type Engine, isRefusal } from '../engine/engine.ts';
import { type Labels, nameOf } from '../labels.ts';

/** In the container: what its first process and the steps leave for the runner. */
export const STATE_DIR = '/epilogue';

/** Memory, so that it is empty at each start of the container, and open to whatever user the image has. */
const NOTED_DIR = `${STATE_DIR}/noted`;
const NOTED_BYTES = 16 * 1024 * 1024;
const NOTED_MODE = 0o1777;

/** Ends with this when there is no note yet. */
const NOT_YET = 3;

/**
 * Once the first process has said who it is: what the job works in becomes its user's, and what was said root's, so that only root can change it. Called by root with the note, the environment, and the
 * directories.
 */
const SET_UP = `
note=$1 environment=$2 state=$3 nested=$4 project=$5 temporary=$6
last=
[ -f "$note" ] && while read -r line; do last=$line; done <"$note"
[ "$last" = end ] || exit ${NOT_YET}
read -r uid gid rest <"$note"
chown 0:0 "$note" "$environment" && chmod 644 "$note" "$environment" || exit
mkdir -p "$state/steps" "$nested" "$project" "$temporary" || exit
chown "$uid:$gid" "$state" "$state/steps" "$nested" "\${project%/*}" "$project" "$temporary" || exit
chmod 700 "$state" "$temporary" || exit
cat "$environment" >"$state/environment" && chmod 644 "$state/environment" && cat "$note"
`;

export interface SentFilesOptions {
  readonly engine: Engine;
  readonly job: JobSpec;
  /** Of its volumes. */
  readonly labels: Labels;
}

/** Nothing of this machine is mounted: what the job works in lies in volumes of its own, which outlive its container, and files are sent. */
export function sentFiles({ engine, job, labels }: SentFilesOptions): ContainerFiles {
  const { projectDir } = job;
  const [state, work] = volumeNames(job);
  const noteFile = `${NOTED_DIR}/note`;
  const environmentFile = `${NOTED_DIR}/environment`;
  const volume = (name: string, path: string) => ({
    ...{ Type: 'volume', Source: name, Target: path, VolumeOptions: { NoCopy: true, Labels: labels } },
  });
  return {
    mounts: [
      volume(state, STATE_DIR),
      volume(work, posix.dirname(projectDir)),
      { Type: 'tmpfs', Target: NOTED_DIR, TmpfsOptions: { SizeBytes: NOTED_BYTES, Mode: NOTED_MODE } },
    ],
    ...{ noteFile, environmentFile },
    prepare: () => {},
    inodes: () => [],
    async read(containerId, signal) {
      const directories = [STATE_DIR, remoteNestedRunsDir(STATE_DIR), projectDir, temporaryDirOf(job)];
      const words = ['sh', '-c', SET_UP, 'epilogue-set-up', noteFile, environmentFile, ...directories];
      const result = await runInside(engine, containerId, words, signal);
      if (result !== null && ![0, NOT_YET].includes(result.code))
        throw new Failure('executor_unavailable', `the container cannot be set up: ${result.stderr.trim()}`);
      // The steps' environment is asked for in the place.
      return { note: result?.stdout ?? '', environment: '' };
    },
    advice: () => 'an entrypoint has to run its arguments',
  };
}

function volumeNames({ cookie }: Pick<JobSpec, 'cookie'>): readonly [state: string, work: string] {
  return [`${nameOf(cookie)}-state`, `${nameOf(cookie)}-work`];
}

/** @throws EngineRefusal, Failure `engine_unreachable` */
export async function removeVolumes(engine: Engine, job: Pick<JobSpec, 'cookie'>): Promise<void> {
  for (const name of volumeNames(job)) {
    await engine.ask('DELETE', `/volumes/${name}`).catch((error: unknown) => {
      if (!isRefusal(error, 404)) throw error;
    });
  }
}
