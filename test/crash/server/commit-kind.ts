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

/** One word for a commit: what became of jobs, pipelines and effects, and which other tables it wrote. Empty: it wrote nothing. */
export function kindOf(was: Standing, is: Standing, tables: ReadonlySet<string>): string {
  const said = new Set<string>();
  for (const [id, state] of is.jobs)
    if (was.jobs.get(id) !== state) said.add(`job ${was.jobs.get(id) ?? 'new'} → ${state}`);
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
  return [...said].sort().join(', ');
}
