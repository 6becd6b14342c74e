import { describeError } from '../../../base/index.ts';
import { type Answer, type Call, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { giveBack, type HandOut, type RunnerAsking } from '../../work/index.ts';
import { LOOSE, type Loose, textOf } from '../loose-values.ts';
import type { ManagerNotes } from '../manager-notes.ts';
import type { IdentifyRunner } from '../runner-credential.ts';
import { fitOf } from '../runner-fit.ts';
import { lifecycleFeatures, readRunnerInfo } from '../runner-info.ts';
import { waitForJob } from './wait-for-job.ts';
import type { WaitingRoom } from './waiting-room.ts';

/**
 * `X-GitLab-Last-Update`. A runner that says it back has asked before and waits for what is new: its request is held. It is always the same, because what
 * is new is found by the hint that comes with it, and by asking.
 */
const LAST_UPDATE = 'epilogue';
const MOST_INFO_BYTES = 256 * 1024;

export interface RequestTools {
  readonly identify: IdentifyRunner;
  readonly managers: ManagerNotes;
  readonly room: WaitingRoom;
}

export function requestRoute(parts: Parts, { identify, managers, room }: RequestTools): Route {
  return route({
    method: 'POST',
    path: '/api/v4/jobs/request',
    action: 'runner.protocol',
    summary: 'Ask for a job',
    tag: 'Runner protocol',
    body: LOOSE,
    bodyLimit: MOST_INFO_BYTES,
    answers: { 201: null, 204: null },
    handle: async (call) => {
      const { body, remoteAddress, signal } = call;
      const runner = await identify(call, textOf(body.token));
      const said = readRunnerInfo(body.info);
      const managerId = await managers.note(runner, textOf(body.system_id), said, remoteAddress);
      if (runner.isPaused) return nothing();
      const asking: RunnerAsking = {
        runnerId: runner.id,
        managerId,
        fit: await fitOf(parts, runner, said.features),
        features: lifecycleFeatures(said.features),
        info: {
          features: new Set(said.features),
          description: runner.description,
          maximumTimeoutS: runner.maximumTimeoutS,
        },
      };
      const isHeld = isWaiting(body);
      const job = await waitForJob(parts, room, asking, { isHeld, signal });
      return job === null ? nothing() : handOver(parts, call, job);
    },
  });
}

function isWaiting({ last_update: said }: Loose): boolean {
  return said === LAST_UPDATE;
}

function nothing(): Answer {
  return { status: 204, headers: { 'x-gitlab-last-update': LAST_UPDATE } };
}

/** A job whose answer cannot have been read waits again, at once. One that was sent into a connection that breaks is missed by its lease. */
async function handOver(parts: Parts, { raw }: Pick<Call, 'raw'>, job: HandOut): Promise<Answer> {
  const { response } = raw;
  if (response.destroyed || response.socket?.destroyed !== false) {
    await giveBack(parts, job);
    return nothing();
  }
  response.once('close', () => {
    if (response.writableFinished) return;
    giveBack(parts, job).catch((error: unknown) => {
      parts.log.error({ job: job.jobId, error: describeError(error) }, 'cannot take a job back whose runner has gone');
    });
  });
  return { status: 201, body: job.payload, headers: { 'x-gitlab-last-update': LAST_UPDATE } };
}
