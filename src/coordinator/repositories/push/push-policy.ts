import { listRefs, type PushPolicy } from '../../../git/index.ts';
import type { Parts } from '../../parts.ts';
import { announcePipelines } from './announce-pipelines.ts';
import { decidePush } from './decide-push.ts';
import { notePush } from './note-push.ts';
import type { ProjectForPush } from './project-for-push.ts';
import { parsePushOptions } from './push-options.ts';
import { pushesUnderWay } from './pushes-under-way.ts';

export interface Pusher {
  readonly userId: number;
  /** Access level in the project. */
  readonly level: number;
}

/** What this server has to say about one push. `end` when the exchange is over, however it ended. */
export function pushPolicy(parts: Parts, project: ProjectForPush, pusher: Pusher): PushPolicy & { end(): void } {
  const under = pushesUnderWay(parts.store);
  let end: () => void = () => {};
  return {
    end: () => end(),
    async decide({ commands }) {
      const refs = await listRefs(parts.repositories.at(project.id));
      const isEmpty = !refs.some(({ name }) => name.startsWith('refs/heads/'));
      end = under.enter(project.id);
      return commands.map((command) => decidePush(command, { level: pusher.level, project, isEmpty }));
    },
    async finished({ refs, options }) {
      const moved = refs.filter(({ accepted }) => accepted);
      const understood = parsePushOptions(options);
      if (moved.length === 0) return understood.mistakes;
      const noted = await notePush(parts, { project, userId: pusher.userId, refs: moved, options: understood }).finally(
        end,
      );
      const pipelines = await announcePipelines(parts, project, noted.taken);
      return [...understood.mistakes, ...noted.words, ...pipelines];
    },
  };
}
