import {
  appendAudit,
  beginQuarantine,
  findManager,
  type ManagerWord,
  noteManager,
  type RunnerRecord,
  type Tx,
} from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import type { SaidOfRunner } from './runner-info.ts';

/** A manager that polls is written down again only so often: ten thousand idle ones must cost next to nothing. */
const FRESH_MS = 60_000;
const MOST_REMEMBERED = 50_000;
/** Of runners from before `system_id`, as GitLab calls their one manager. */
const NAMELESS = '<legacy>';
const LONGEST_ID = 64;

/** Remembers who was heard of lately. */
export interface ManagerNotes {
  /** The manager's id. */
  note(runner: RunnerRecord, systemId: string | undefined, said: SaidOfRunner, ip: string): Promise<number>;
  /** It was removed: the next word makes a new one. */
  forget(runnerId: number): void;
}

async function write(tx: Tx, word: ManagerWord): Promise<number> {
  const { runnerId, systemId, quarantine, ip } = word;
  const isNew =
    quarantine !== null && (await findManager(tx, runnerId, systemId))?.quarantine?.since !== quarantine.since;
  const id = await noteManager(tx, word);
  if (!isNew) return id;
  await beginQuarantine(tx, id);
  await appendAudit(tx, {
    userId: null,
    userName: `runner ${runnerId}`,
    action: 'runner.quarantine',
    targetKind: 'runner',
    targetId: String(runnerId),
    projectId: null,
    details: { system_id: systemId, ...quarantine },
    ip,
  });
  return id;
}

export function createManagerNotes({ store, clock }: Parts): ManagerNotes {
  const known = new Map<string, { readonly id: number; readonly words: string; readonly at: number }>();
  return {
    async note(runner, systemId, said, ip) {
      const id = systemId === undefined ? NAMELESS : systemId.slice(0, LONGEST_ID);
      const key = `${runner.id} ${id}`;
      const words = JSON.stringify([said, ip]);
      const last = known.get(key);
      if (last?.words === words && clock.monotonic() - last.at < FRESH_MS) return last.id;
      const managerId = await store.write((tx) => write(tx, { runnerId: runner.id, systemId: id, ...said, ip }));
      known.delete(key);
      known.set(key, { id: managerId, words, at: clock.monotonic() });
      const [oldest] = known.size > MOST_REMEMBERED ? known.keys() : [];
      if (oldest !== undefined) known.delete(oldest);
      return managerId;
    },
    forget(runnerId) {
      for (const key of [...known.keys()]) if (key.startsWith(`${runnerId} `)) known.delete(key);
    },
  };
}
