import type { Command } from 'commander';
import { collectNamedValue, type NamedValue } from '../parse-arguments.ts';
import { EVENTS } from '../settings/settings.ts';

/** Options of every command that compiles the CI file of a checkout. */
export interface PipelineFlags {
  readonly directory?: string;
  readonly file?: string;
  readonly var?: readonly NamedValue[];
  readonly envFile?: string;
  readonly event?: string;
  readonly ref?: string;
  readonly json?: boolean;
}

export function addPipelineFlags(command: Command): Command {
  return command
    .option('-C, --directory <dir>', 'work on the checkout that holds this directory')
    .option('--file <path>', 'the CI file, from the top of the checkout (default: the nearest .gitlab-ci.yml)')
    .option('--var <NAME=VALUE>', 'set a variable, over what the file says; may be repeated', collectNamedValue)
    .option('--env-file <path>', 'set variables from a file of NAME=value lines')
    .option('--event <event>', `what starts the pipeline: ${EVENTS.join(', ')} (default: push)`)
    .option('--ref <name>', 'the branch or tag that the pipeline is for (default: what is checked out)')
    .option('--json', 'write JSON, one object a line');
}
