import type { Instead, Which } from '../plain-server/faults.ts';
import type { PayloadChanges } from '../plain-server/payload.ts';
import type { JobHandle } from '../plain-server/plain-job.ts';
import type { PlainServer } from '../plain-server/plain-server.ts';

/** One part of the recording, done again with a job of the same kind. */
export interface Scenario {
  readonly job: PayloadChanges;
  /** What the server does otherwise. */
  readonly prepare?: (server: PlainServer, job: JobHandle) => void;
  /** What is done once the server has something of the log. */
  readonly onLog?: (job: JobHandle) => void;
}

const AFTER = { afterScript: ['echo "after status=$CI_JOB_STATUS"'] };
const QUICK: PayloadChanges = { script: ['echo x'], ...AFTER };
const TICKS: PayloadChanges = { script: ['for i in 1 2 3 4 5 6 7 8; do echo "TICK $i"; sleep 1; done'], ...AFTER };
const LONG: PayloadChanges = { script: ['for i in $(seq 60); do echo "TICK $i"; sleep 1; done'], ...AFTER };
const FILES: PayloadChanges = { script: ['mkdir -p out; echo data > out/f.txt'], artifactPaths: ['out/'] };

const isResult: NonNullable<Which['when']> = ({ json }) => json?.state === 'success' || json?.state === 'failed';

/** Of the requests that fit, about this job. */
function answered(which: Which, instead: Instead, times = 1): NonNullable<Scenario['prepare']> {
  return (server, { id }) => server.plan({ ...which, job: id }, instead, times);
}

const result = (
  status: number,
  times: number,
  headers: Record<string, string> = {},
): NonNullable<Scenario['prepare']> =>
  answered(
    { method: 'PUT', when: isResult },
    { status, headers: { 'Job-Status': 'running', ...headers }, body: `${status}` },
    times,
  );

/** From the second piece of the log on, as the recorded server did it: it goes on answering, and says `canceled`. */
function abortedPolitely(server: PlainServer, job: JobHandle): void {
  const { id } = job;
  const headers = { 'Job-Status': 'canceled' };
  const isLater: NonNullable<Which['when']> = () => job.log().length > 0;
  server.plan({ method: 'PATCH', job: id, when: isLater }, { status: 202, headers, takes: true });
  server.plan({ method: 'PUT', job: id, when: isResult }, { status: 200, headers: { 'Job-Status': 'failed' } });
}

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  D: { job: { script: ['echo hello'], ...AFTER } },
  E: { job: { script: ['echo x; exit 3'], ...AFTER } },
  F: { job: LONG, onLog: (job) => job.cancel() },
  H: { job: LONG, prepare: abortedPolitely },
  I: { job: { script: ['echo S; sleep 300'], ...AFTER }, onLog: (job) => job.cancel() },
  L: { job: { script: ['echo S; sleep 300'], timeout: 4, ...AFTER } },
  M: {
    job: {
      script: ['mkdir out; echo data > out/f.txt; echo "<testsuites/>" > junit.xml; echo A=b > v.env'],
      payload: {
        artifacts: [
          artifact('out', ['out/'], { expire_in: '1 day' }),
          artifact('junit.xml', ['junit.xml'], { artifact_type: 'junit', artifact_format: 'gzip', expire_in: '1 day' }),
          artifact('', ['v.env'], { artifact_type: 'dotenv', artifact_format: 'gzip' }),
        ],
      },
    },
  },
  O: { job: FILES, prepare: answered({ method: 'POST' }, { status: 503, body: { message: 'forced' } }, 2) },
  P: { job: FILES, prepare: answered({ method: 'POST' }, { status: 413, body: { message: 'forced' } }) },
  Q: { job: { ...QUICK, dependencies: [{ id: 999, token: 'glcbt-64_x', name: 'gone' }] } },
  R: {
    job: TICKS,
    prepare: answered(
      { method: 'PATCH' },
      { status: 500, headers: { 'Job-Status': 'running', Range: '0-0' }, body: { message: 'forced' } },
      2,
    ),
  },
  S: { job: TICKS, onLog: (job) => job.loseLog(10) },
  T: { job: QUICK, prepare: result(202, 2, { 'X-GitLab-Trace-Update-Interval': '2' }) },
  U: { job: QUICK, prepare: result(412, 1) },
  V: { job: QUICK, prepare: result(500, 3) },
  W: { job: QUICK, prepare: result(409, 1) },
  Y: {
    job: TICKS,
    prepare: (server, job) =>
      server.plan(
        { method: 'PATCH', job: job.id, when: () => job.log().length > 0 },
        { status: 404, headers: { 'Job-Status': 'running' } },
      ),
  },
  Z: { job: { script: ["head -c 3200000 /dev/zero | tr '\\\\0' A"] } },
};

function artifact(name: string, paths: readonly string[], more: object): object {
  return {
    name,
    untracked: false,
    paths,
    exclude: [],
    when: 'on_success',
    expire_in: null,
    artifact_type: 'archive',
    artifact_format: 'zip',
    ...more,
  };
}
