import { hasErrors, type Problem } from '../../base/index.ts';
import { EXIT, type Host } from '../host.ts';
import { describeProblems } from '../present/describe-run.ts';
import { coloured, plain, wantsColour } from '../terminal/colour.ts';
import type { Output } from '../terminal/output.ts';

/** Problems one below the other; as one JSON value where JSON was asked for. */
export function printProblems(problems: readonly Problem[], host: Host, output: Output): void {
  const paint = wantsColour(host.env, output.isTerminal) ? coloured : plain;
  for (const line of describeProblems(problems, paint)) output.write(`${line}\n`);
}

/** Ends a command that found only problems: nothing was run or listed. */
export function refuse(problems: readonly Problem[], host: Host, options: { readonly json: boolean }): number {
  if (options.json) host.stdout.write(`${JSON.stringify({ problems })}\n`);
  else printProblems(problems, host, host.stderr);
  return hasErrors(problems) ? EXIT.usage : EXIT.ok;
}
