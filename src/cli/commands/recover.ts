import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { findCheckout, keepRecovering, recoverRuns, stopExitCode } from '../../local/index.ts';
import { Control } from '../../runner/index.ts';
import { closeShow } from '../close-show.ts';
import { executorsOf } from '../execution/executors.ts';
import { forwardSignals } from '../forward-signals.ts';
import { EXIT, type Host } from '../host.ts';
import { parseArguments } from '../parse-arguments.ts';
import { chooseLinePresenter } from '../present/choose-presenter.ts';
import { xdgPaths } from '../settings/xdg-paths.ts';

interface RecoverFlags {
  readonly directory?: string;
  readonly json?: boolean;
  readonly run?: number;
  /** A guard asks: nobody listens, and nobody is to end it but by force. */
  readonly guard?: boolean;
}

export async function command(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<RecoverFlags>(
    'recover',
    (line) =>
      line
        .description(
          'Finishes what killed runs left behind: stops what still runs, runs the cleanup that is owed, keeps logs and artifacts. A guard does this by itself within a second; this is for when the guard was killed too. Exit code 1: something is still owed.',
        )
        .option('-C, --directory <dir>', 'only runs of the checkout that holds this directory (default: all of yours)')
        .option('--json', 'write one event a line')
        .addOption(new Option('--guard').hideHelp())
        .addOption(new Option('--run <id>').argParser(parseRunId).hideHelp()),
    args,
    host,
  );
  return parsed.kind === 'ended' ? parsed.exitCode : recover(parsed.options, host);
}

async function recover({ directory, json = false, run, guard = false }: RecoverFlags, host: Host): Promise<number> {
  const paths = xdgPaths(host.env, host.homeDir);
  const checkout = directory === undefined ? null : await findCheckout(resolve(host.cwd, directory), host.env);
  const show = chooseLinePresenter(host, { json });
  const control = new Control();
  const stopForwarding = guard ? host.onStopSignal(() => {}) : forwardSignals(host, control);
  try {
    const finish = guard ? keepRecovering : recoverRuns;
    const { recovered, unfinished } = await finish({
      paths,
      checkout,
      runId: run ?? null,
      by: guard ? 'guard' : 'recover',
      executorFor: executorsOf(host, paths.state),
      clock: host.clock,
      version: host.version,
      emit: (event) => show.present(event),
      control,
      wait: !guard,
    });
    const isQuiet = json || guard;
    if (recovered === 0 && unfinished === 0 && !isQuiet) host.stdout.write('Nothing to recover: no run was killed.\n');
    return stopExitCode(control) ?? (unfinished === 0 ? EXIT.ok : EXIT.failed);
  } finally {
    await closeShow(show, host, { stopForwarding, isInterrupted: control.interruption !== null });
  }
}

function parseRunId(text: string): number {
  if (!/^\d{1,16}$/.test(text)) throw new InvalidArgumentError('Write the number of a run.');
  return Number(text);
}
