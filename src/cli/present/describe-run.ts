import { formatProblem, type Problem } from '../../base/index.ts';
import type { RunMessage, RunRecovered } from '../../local/index.ts';
import { printable } from '../terminal/clean-text.ts';
import type { Paint } from '../terminal/colour.ts';
import { describeCleanup, isTrouble, STATUS_MARKS } from './describe-job.ts';

const RECOVERED_BY: Readonly<Record<RunRecovered['by'], string>> = {
  guard: 'its guard finished it',
  recover: '`epilogue recover` finished it',
  run: 'finished now',
};

/** What became of an earlier run that was killed: how each of its jobs was cleaned up, and where its log is. */
function describeRecovery(event: RunRecovered, paint: Paint): string[] {
  const jobs = event.jobs.flatMap((job) => {
    const [mark, colour] = STATUS_MARKS[job.status];
    const cleanup = describeCleanup(job.cleanup);
    return [
      `  ${paint(colour, mark)} ${printable(job.name)}: ${job.status}, ${isTrouble(job.cleanup) ? paint('red', cleanup) : cleanup}`,
      paint('dim', `    log: ${job.logFile}`),
    ];
  });
  const nothing = jobs.length === 0 ? ' Nothing was owed.' : '';
  return [paint('yellow', `An earlier run (${event.run}) was killed; ${RECOVERED_BY[event.by]}.${nothing}`), ...jobs];
}

/** What is said about a run beside its jobs. */
export function describeNote(note: RunMessage | RunRecovered, paint: Paint): string[] {
  return note.type === 'message' ? [describeMessage(note, paint)] : describeRecovery(note, paint);
}

function describeMessage(message: RunMessage, paint: Paint): string {
  const text = message.text.split('\n').map(printable).join('\n');
  if (message.level === 'info') return text;
  return paint(message.level === 'error' ? 'red' : 'yellow', `${message.level}: ${text}`);
}

/** `file:line:column: message` and perhaps a hint below, with the file's own text made safe to show. */
export function describeProblem(problem: Problem, paint: Paint): string {
  const text = formatProblem(problem).split('\n').map(printable).join('\n');
  return problem.severity === 'warning' ? paint('yellow', text) : text;
}
