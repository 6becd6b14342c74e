import { plainVariable, type Variable } from '../../protocol/index.ts';
import type { Job } from '../config/job.ts';
import { LIMITS } from '../limits.ts';
import type { Matrix } from '../shape/needs.ts';

/** One job of the pipeline: an ordinary job, or one of the copies that `parallel` makes of it. */
export interface Instance {
  readonly name: string;
  readonly job: Job;
  readonly node: { readonly index: number; readonly total: number } | null;
  readonly matrix: readonly Variable[];
}

const NO_VARIABLES: readonly Variable[] = [];

export function expandParallel(job: Job): readonly Instance[] {
  const { parallel } = job.config;
  if (parallel === undefined || parallel === null) return [{ name: job.name, job, node: null, matrix: NO_VARIABLES }];
  if (typeof parallel === 'number') {
    return Array.from({ length: parallel }, (_, index) => ({
      name: `${job.name} ${index + 1}/${parallel}`,
      job,
      node: { index: index + 1, total: parallel },
      matrix: NO_VARIABLES,
    }));
  }
  const rows = expandMatrix(parallel.matrix) ?? [];
  return rows.map((row, index) => ({
    name: matrixName(job.name, row),
    job,
    node: { index: index + 1, total: rows.length },
    matrix: row,
  }));
}

/** `job: [value, value]`, values in the order of the matrix keys. */
export function matrixName(job: string, row: readonly Variable[]): string {
  return `${job}: [${row.map((variable) => variable.value).join(', ')}]`;
}

/** Every combination of every entry; the first variable changes slowest. null: more than the limit. */
export function expandMatrix(matrix: Matrix): readonly (readonly Variable[])[] | null {
  const rows: (readonly Variable[])[] = [];
  for (const entry of matrix) {
    let partial: (readonly Variable[])[] = [[]];
    for (const [key, written] of Object.entries(entry)) {
      const values = Array.isArray(written) ? written : [written];
      if (partial.length * values.length > LIMITS.parallel) return null;
      partial = partial.flatMap((row) =>
        values.map((value) => [...row, plainVariable(key, String(value), { raw: false })]),
      );
    }
    rows.push(...partial);
  }
  return rows.length > LIMITS.parallel ? null : rows;
}
