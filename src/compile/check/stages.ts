/** The order of the stages. `.pre` and `.post` stand first and last whatever the file says; repeats count once. */
export function orderStages(written: readonly string[] | null): readonly string[] {
  const middle = (written ?? ['build', 'test', 'deploy']).filter((stage) => stage !== '.pre' && stage !== '.post');
  return [...new Set(['.pre', ...middle, '.post'])];
}

export const DEFAULT_STAGE = 'test';
