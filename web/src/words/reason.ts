/** Something decided that a job runs: said of each that runs because nothing is against it, it would hide those. */
export function hasRule(reason: string): boolean {
  return reason !== 'it has no rules';
}

/** Why a job failed: `script failure`. */
export function failureWords(reason: string | undefined): string {
  return (reason ?? '').replaceAll('_', ' ');
}
