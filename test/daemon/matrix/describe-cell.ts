import { gapsIn } from '../support/gates.ts';
import { type Fault, isOwed, type Phase } from './phases.ts';
import type { Seen } from './run-cell.ts';

const SHORT: Readonly<Record<string, string>> = {
  before_script: 'before',
  script: 'script',
  after_script: 'cleanup',
};

/** What a job comes to that nothing strikes, by what its server records of a cleanup. */
const UNDISTURBED = /^success · before, script, cleanup · told success\/succeeded · (succeeded · )?artifacts$/;

/** As it stands in docs/cleanup-matrix.md. */
export function describeCell(seen: Seen): string {
  const words = wordsOf(seen);
  return UNDISTURBED.test(words) ? 'undisturbed' : words;
}

function wordsOf({ ending, ran, cleanups }: Seen): string {
  const status = ending.reason === null ? ending.status : `${ending.status} (${ending.reason})`;
  const steps = ran.map((step) => {
    const [name = '', cut] = step.split(' ');
    return `${SHORT[name]}${cut === undefined ? '' : ' ✂'}`;
  });
  const causes = [...new Set(cleanups.map(({ status: told, cause }) => `${told}/${cause}`))];
  return [
    status,
    steps.length === 0 ? 'nothing ran' : steps.join(', '),
    ...(causes.length === 0 ? [] : [`told ${causes.join(' then ')}`]),
    ...(ending.cleanup === null ? [] : [ending.cleanup.replace('_', ' ')]),
    ending.hasArtifacts ? 'artifacts' : 'no artifacts',
  ].join(' · ');
}

/** What no cell may show, whatever stands in the table. */
export function brokenPromises(seen: Seen, fault: Fault, phase: Phase): readonly string[] {
  const { ran, ending, cleanups, forceSkipsCleanup } = seen;
  const broken: string[] = [];
  const check = (isSo: boolean, words: string): void => {
    if (!isSo) broken.push(words);
  };
  const isBegun = ran.length > 0;
  check(isBegun || !isOwed(phase), 'no user command ran');
  const ends = ran.filter((step) => step === 'after_script').length;
  const maySkip = (fault === 'force' && forceSkipsCleanup) || fault === 'cleanup timeout';
  if (isBegun && !maySkip) check(ends === 1, `the cleanup got to its end ${ends} times`);
  if (!isBegun) check(cleanups.length === 0, 'a cleanup ran that nobody owed');
  const first = ran.findIndex((step) => step.startsWith('after_script'));
  if (first >= 0)
    check(
      ran.slice(first).every((step) => step.startsWith('after_script')),
      'a script ran after the cleanup',
    );
  check(ran.filter((step) => step.startsWith('script')).length <= 1, 'the script ran twice');
  check(new Set(cleanups.map(({ key }) => key)).size <= 1, 'two attempts at the cleanup have different keys');
  const numbers = cleanups.map(({ attempt }) => Number(attempt));
  check(
    numbers.every((number, at) => number === at + 1),
    `the attempts are numbered ${numbers.join(', ')}`,
  );
  check(['success', 'failed', 'canceled'].includes(ending.status), `the job is ${ending.status}`);
  check(seen.leftRunning === 0, `${seen.leftRunning} processes of the job are left`);
  check(seen.leftThere.length === 0, `left: ${seen.leftThere.join(', ')}`);
  check(seen.leftOwed === 0, `${seen.leftOwed} jobs are left in the journal`);
  if (ending.cleanup !== null) {
    const met = isBegun ? (maySkip ? /skipped|timed_out|succeeded/ : /^succeeded$/) : /^not_owed$/;
    check(met.test(ending.cleanup), `on record the cleanup is ${ending.cleanup}`);
  }
  // A server that was told to abort takes no more of the log.
  const isCutOff = fault === 'force';
  const whole = ran.filter((step) => !seen.lost.some((each) => step.startsWith(each)));
  return [...broken, ...gapsIn(ending.log, whole, isCutOff)];
}
