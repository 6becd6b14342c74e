import { hasErrors, type Problem } from '../../base/index.ts';
import { EXIT, type Host } from '../host.ts';
import { describeProblem } from '../present/describe-run.ts';
import { coloured, plain, wantsColour } from '../terminal/colour.ts';
import type { Output } from '../terminal/output.ts';

/** Problems one below the other. One that is not about a place in a file is ours to say. */
export function printProblems(problems: readonly Problem[], host: Host, output: Output): void {
  const paint = wantsColour(host.env, output.isTerminal) ? coloured : plain;
  for (const problem of problems) {
    const speaker = problem.file === undefined ? 'epilogue: ' : '';
    output.write(`${speaker}${describeProblem(problem, paint)}\n`);
  }
}

/** Ends a command that found only problems: nothing was run or listed. */
export function refuse(problems: readonly Problem[], host: Host, options: { readonly json: boolean }): number {
  if (options.json) host.stdout.write(`${JSON.stringify({ type: 'problems', problems })}\n`);
  else printProblems(problems, host, host.stderr);
  return hasErrors(problems) ? EXIT.usage : EXIT.ok;
}
