import type { ServerResponse } from 'node:http';
import { describeError } from '../../../base/index.ts';
import { type Answer, type Later, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { giveBack, type HandOut, type RunnerAsking } from '../../work/index.ts';
import { LOOSE, type Loose, textOf } from '../loose-values.ts';
import type { ManagerNotes } from '../manager-notes.ts';
import { releaseHeaders } from '../release-headers.ts';
import type { IdentifyRunner } from '../runner-credential.ts';
import { fitOf } from '../runner-fit.ts';
import { lifecycleFeatures, readRunnerInfo } from '../runner-info.ts';
import { JobWait } from './job-wait.ts';
import { LongPolls } from './long-polls.ts';
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
  const tools = { parts, room, polls: new LongPolls(parts.clock) };
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
      const { body, remoteAddress, raw } = call;
      const runner = await identify(call, textOf(body.token));
      const said = readRunnerInfo(body.info);
      const managerId = await managers.note(runner, textOf(body.system_id), said, remoteAddress);
      if (said.quarantine !== null) return nothing(await releaseHeaders(parts, managerId, said));
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
      const wait = new JobWait(tools, asking, raw.response);
      const job = await wait.begin(isWaiting(body));
      return job === 'wait' ? answerLater(parts, wait, raw.response) : answerWith(parts, job, raw.response);
    },
  });
}

function isWaiting({ last_update: said }: Loose): boolean {
  return said === LAST_UPDATE;
}

function nothing(more: Readonly<Record<string, string>> = {}): Answer {
  return { status: 204, headers: { 'x-gitlab-last-update': LAST_UPDATE, ...more } };
}

function answerLater(parts: Parts, wait: JobWait, response: ServerResponse): Later {
  return {
    later(answer) {
      wait.hold((job) => answer(job.then((known) => answerWith(parts, known, response))));
      return () => wait.end();
    },
  };
}

/** A job whose answer cannot have been read waits again, at once. One that was sent into a connection that breaks is missed by its lease. */
async function answerWith(parts: Parts, job: HandOut | null, response: ServerResponse): Promise<Answer> {
  if (job === null) return nothing();
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
