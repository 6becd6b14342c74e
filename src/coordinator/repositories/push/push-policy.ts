import { Failure } from '../../../base/index.ts';
import { listRefs, type PushCommand, type PushPolicy, type RefDecision } from '../../../git/index.ts';
import { putExpectedPush, takeExpectedPush } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { announcePipelines } from './announce-pipelines.ts';
import { decidePush } from './decide-push.ts';
import { notePush } from './note-push.ts';
import type { ProjectForPush } from './project-for-push.ts';
import { type PushOptions, parsePushOptions } from './push-options.ts';
import { pushesUnderWay } from './pushes-under-way.ts';
import { namedRef } from './ref-name.ts';

export interface Pusher {
  readonly userId: number;
  /** Access level in the project. */
  readonly level: number;
}

/** What this server has to say about one push. `end` when the exchange is over, however it ended. */
export function pushPolicy(parts: Parts, project: ProjectForPush, pusher: Pusher): PushPolicy & { end(): void } {
  const under = pushesUnderWay(parts.store);
  let leave: () => void = () => {};
  let isOver = false;
  let expectedId: number | null = null;
  const forget = async (): Promise<void> => {
    const id = expectedId;
    if (id !== null) await parts.store.write((tx) => takeExpectedPush(tx, id));
  };
  return {
    end() {
      isOver = true;
      leave();
    },
    async decide({ commands, options }) {
      leave = under.enter(project.id);
      const refs = await listRefs(parts.repositories.at(project.id));
      const isEmpty = !refs.some(({ name }) => name.startsWith('refs/heads/'));
      if (isOver) throw left();
      const decisions = commands.map((command) => decidePush(command, { level: pusher.level, project, isEmpty }));
      expectedId = await expect(parts, project, pusher, {
        commands: commands.filter((_, index) => isLetThrough(decisions[index])),
        options: parsePushOptions(options),
      });
      if (isOver) {
        await forget();
        throw left();
      }
      return decisions;
    },
    async finished({ refs, options }) {
      const moved = refs.filter(({ accepted }) => accepted);
      const understood = parsePushOptions(options);
      if (moved.length === 0) {
        await forget();
        return understood.mistakes;
      }
      const push = { project, userId: pusher.userId, refs: moved, options: understood, expectedId, isHeld: true };
      const noted = await notePush(parts, push).finally(leave);
      const pipelines = await announcePipelines(parts, project, noted.taken);
      return [...understood.mistakes, ...noted.words, ...pipelines];
    },
  };
}

/** Git was given nothing yet, and nobody waits for the decision any more. */
function left(): Failure {
  return new Failure('canceled', 'the push was over before it was decided on');
}

function isLetThrough(decision: RefDecision | undefined): boolean {
  return decision === 'allow' || decision === 'fast_forward_only';
}

interface Asked {
  readonly commands: readonly PushCommand[];
  readonly options: PushOptions;
}

/** From here on a push that git carries out gets its pipelines, by whoever is there then. Null: nothing of it can lead to any. */
async function expect(
  { store }: Parts,
  project: Pick<ProjectForPush, 'id'>,
  { userId }: Pusher,
  { commands, options: { isSkipped, variables, inputs } }: Asked,
): Promise<number | null> {
  const refs = commands.filter(({ ref }) => namedRef(ref) !== null);
  if (refs.length === 0) return null;
  const push = { projectId: project.id, userId, refs, isSkipped, variables, inputs };
  return await store.write((tx) => putExpectedPush(tx, push));
}
