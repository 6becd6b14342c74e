/** What runners and users were told, against which the server's own account is held at the end. */
export interface JobEntry {
  readonly id: number;
  readonly pipelineId: number;
  /** Runners that were told to go on with it: more than one is a job that ran twice. */
  started: number;
  /** What its runner wrote, and had acknowledged. */
  log: string;
  /** Null: no result was acknowledged. */
  result: 'success' | 'failed' | null;
}

export class Ledger {
  readonly jobs = new Map<number, JobEntry>();
  readonly pipelines = new Set<number>();
  readonly cancelled = new Set<number>();
  /** What runners have in hand now. */
  inHand = 0;
  readonly problems: string[] = [];

  entryOf(id: number, pipelineId: number): JobEntry {
    const known = this.jobs.get(id);
    if (known !== undefined) return known;
    const entry: JobEntry = { id, pipelineId, started: 0, log: '', result: null };
    this.jobs.set(id, entry);
    return entry;
  }
}
