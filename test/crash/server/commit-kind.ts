import type { Tx } from '../../../src/store/index.ts';

/** What a commit is told by: how jobs, pipelines and effects stood before it. */
export interface Standing {
  readonly jobs: ReadonlyMap<number, string>;
  readonly pipelines: ReadonlyMap<number, string>;
  readonly effects: ReadonlyMap<number, { readonly kind: string; readonly tries: number }>;
}

export const NOTHING: Standing = { jobs: new Map(), pipelines: new Map(), effects: new Map() };

export async function standingIn({ query }: Pick<Tx, 'query'>): Promise<Standing> {
  const jobs = await query
    .selectFrom('jobs')
    .select(['id', 'kind', 'status', 'phase', 'cleanup_outcome', 'attempt'])
    .execute();
  const pipelines = await query.selectFrom('pipelines').select(['id', 'status']).execute();
  const effects = await query.selectFrom('outbox').select(['id', 'kind', 'tries']).execute();
  return {
    jobs: new Map(jobs.map((job) => [job.id, describe(job)])),
    pipelines: new Map(pipelines.map(({ id, status }) => [id, status])),
    effects: new Map(effects.map(({ id, kind, tries }) => [id, { kind, tries }])),
  };
}

function describe(job: {
  readonly kind: string;
  readonly status: string;
  readonly phase: string | null;
  readonly cleanup_outcome: string | null;
}): string {
  const phase = job.phase === null ? '' : `/${job.phase}`;
  const outcome =
    job.cleanup_outcome === null || job.cleanup_outcome === 'not_owed' ? '' : `, cleanup ${job.cleanup_outcome}`;
  return `${job.kind === 'trigger' ? 'trigger ' : ''}${job.status}${phase}${outcome}`;
}

/** Tables whose rows follow from jobs, or that say what the three maps say already. */
const IMPLIED = new Set(['jobs', 'pipelines', 'outbox', 'queue', 'lanes', 'tag_sets', 'wakes', 'plans']);

export interface Written {
  readonly tables: ReadonlySet<string>;
  /** Of the lifecycle's table. */
  readonly moves: ReadonlySet<string>;
}

/** What a commit does, a word each: moves of jobs, what becomes of pipelines and effects, which other tables it writes. None: it writes nothing. */
export function aspectsOf(was: Standing, is: Standing, { tables, moves }: Written): readonly string[] {
  const said = new Set([...moves].map((move) => `move ${move}`));
  for (const [id, state] of is.jobs) {
    const before = was.jobs.get(id);
    if (before === undefined) said.add(`job made ${state}`);
    else if (before !== state && isEnd(state)) said.add(`job ends ${state}`);
  }
  for (const id of was.jobs.keys()) if (!is.jobs.has(id)) said.add('job deleted');
  for (const [id] of is.pipelines) if (!was.pipelines.has(id)) said.add('pipeline made');
  for (const [id, { kind, tries }] of is.effects) {
    const before = was.effects.get(id);
    if (before === undefined) said.add(`effect ${kind} put`);
    else if (before.tries !== tries) said.add(`effect ${kind} taken`);
  }
  for (const [id, { kind }] of was.effects) if (!is.effects.has(id)) said.add(`effect ${kind} done`);
  for (const table of tables) if (!IMPLIED.has(table)) said.add(table);
  if (said.size === 0 && tables.has('queue')) said.add('place in the queue reserved');
  return [...said].sort();
}

function isEnd(state: string): boolean {
  return /^(trigger )?(success|failed|canceled|skipped)/.test(state);
}
