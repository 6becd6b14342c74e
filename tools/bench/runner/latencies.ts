import { join } from 'node:path';
import { waitUntil } from '../../components/index.ts';
import { median, quantile, type Reading } from '../compare.ts';
import { temporaryDirectory } from '../fixture.ts';
import type { Coordinator } from '../serve/coordinator.ts';
import { instantIn, jobsOf, timeToFile, watchTalk } from '../serve/job-actions.ts';
import { type Floor, talk, waitForTerm } from './floor.ts';

const SAMPLES = 200;
const LINES = 200;
const WAIT_MS = 30_000;
const PROJECT = 'runner';

/** Scripts write instants into files of this directory, on the clock that all processes of a machine share. */
function ciFile(dir: string): string {
  const stay = (chatty: boolean) => ({
    when: 'manual',
    parallel: SAMPLES,
    script: waitForTerm({ ready: `${dir}/ready.$CI_JOB_ID`, seen: `${dir}/seen.$CI_JOB_ID`, chatty }),
  });
  const go = [`date +%s%N > ${dir}/first.$CI_JOB_ID`, `date +%s%N > ${dir}/last.$CI_JOB_ID`];
  return JSON.stringify({
    go: { when: 'manual', parallel: SAMPLES, script: go },
    silent: stay(false),
    chatty: stay(true),
    talk: { when: 'manual', script: talk(LINES) },
  });
}

interface Taken {
  readonly ours: readonly number[];
  readonly floor: readonly number[];
}

/** What somebody who waits for the runner sees; each sample of ours is followed by one of the floor. The runner of this coordinator takes untagged jobs. */
export async function readLatencies(coordinator: Coordinator, floor: Floor): Promise<readonly Reading[]> {
  const dir = temporaryDirectory();
  coordinator.push(PROJECT, ciFile(dir));
  await coordinator.rest({ method: 'POST', path: `/projects/root%2F${PROJECT}/pipeline`, body: '{"ref":"main"}' });
  const jobs = await jobsOf(coordinator, PROJECT);
  const idsOf = (kind: string): readonly number[] =>
    jobs.filter(({ name }) => name.startsWith(kind)).map(({ id }) => id);
  const go = { first: emptyTaken(), final: emptyTaken() };
  for (const id of idsOf('go')) {
    go.first.ours.push(
      await timeToFile(coordinator, { project: PROJECT, id, action: 'play', file: `${dir}/first.${id}` }),
    );
    go.final.ours.push((await finalAt(coordinator, id)) - (await instantIn(`${dir}/last.${id}`)));
    go.first.floor.push(await floor.firstCommand());
    go.final.floor.push(await floor.toFinal());
  }
  const stop = async (kind: 'silent' | 'chatty'): Promise<Taken> => {
    const taken = emptyTaken();
    for (const id of idsOf(kind)) {
      await timeToFile(coordinator, { project: PROJECT, id, action: 'play', file: join(dir, `ready.${id}`) });
      const file = join(dir, `seen.${id}`);
      taken.ours.push(await timeToFile(coordinator, { project: PROJECT, id, action: 'cancel', file }));
      await finalAt(coordinator, id);
      taken.floor.push(await floor.cancel(kind === 'chatty'));
    }
    return taken;
  };
  const [silent, chatty] = [await stop('silent'), await stop('chatty')];
  const id = idsOf('talk')[0] ?? 0;
  const heard = {
    ours: await watchTalk(coordinator, { project: PROJECT, id, lines: LINES }),
    floor: await floor.write(LINES),
  };
  return [
    ...readings('enqueued → first command', go.first, [60, null]),
    ...readings('last command → job final', go.final, [null, null]),
    ...readings('cancel → TERM, silent', silent, [20, 100]),
    ...readings('cancel → TERM, chatty', chatty, [20, 100]),
    ...readings('write → watcher', heard, [null, 100]),
  ];
}

function emptyTaken(): { readonly ours: number[]; readonly floor: number[] } {
  return { ours: [], floor: [] };
}

/** When the coordinator has written down that the job is over, in UTC ms. */
async function finalAt({ rest }: Coordinator, id: number): Promise<number> {
  let finished: string | null = null;
  const isFinal = async (): Promise<boolean> => {
    const { text } = await rest({ method: 'GET', path: `/projects/root%2F${PROJECT}/jobs/${id}` });
    const job = JSON.parse(text) as { readonly status: string; readonly finished_at: string | null };
    finished = /^(success|failed|canceled)$/.test(job.status) ? job.finished_at : null;
    return finished !== null;
  };
  await waitUntil(isFinal, { what: `job ${id} is over`, timeoutMs: WAIT_MS });
  return Date.parse(finished ?? '');
}

function readings(
  name: string,
  { ours, floor }: Taken,
  [ofMedian, ofP99]: readonly [number | null, number | null],
): readonly Reading[] {
  const reading = (word: string, at: number, target: number | null): Reading => ({
    name: `${name}, ${word}`,
    value: quantile(ours, at),
    target,
    unit: 'ms',
    note: `floor ${quantile(floor, at).toFixed(1)}; ${ours.length} samples`,
  });
  return [reading('median', 0.5, ofMedian), reading('p99', 0.99, ofP99)].map((each) => ({
    ...each,
    note: `${each.note}, ${(median(ours) / median(floor)).toFixed(1)} × its median`,
  }));
}
