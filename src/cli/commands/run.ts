import type { Command } from 'commander';
import { formatProblem, hasErrors, type Problem, suggest } from '../../base/index.ts';
import {
  type CompiledPipeline,
  type LocalPipeline,
  namedJobs,
  type RunEvent,
  runLocal,
  selectJobs,
  stepEnvironment,
  withDefaultImage,
} from '../../local/index.ts';
import type { Plan } from '../../protocol/index.ts';
import { Control } from '../../runner/index.ts';
import { closeShow } from '../close-show.ts';
import { chooseExecutor, type ExecutorChoice } from '../execution/choose-executor.ts';
import { executorsOf, outerJobOf, recoverCommandLine } from '../execution/executors.ts';
import { forwardSignals } from '../forward-signals.ts';
import { EXIT, type Host } from '../host.ts';
import { collectWord, parseArguments } from '../parse-arguments.ts';
import { choosePresenter } from '../present/choose-presenter.ts';
import { addPipelineFlags, type PipelineFlags } from './pipeline-flags.ts';
import { type Prepared, preparePipeline } from './prepare-pipeline.ts';
import { refuse } from './print-problems.ts';

interface RunFlags extends PipelineFlags {
  readonly executor?: string;
  readonly image?: string;
  readonly concurrency?: string;
  readonly manual?: readonly string[];
  readonly keep?: true;
  readonly cleanEnv?: true;
}

export async function command(args: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments<RunFlags>('run', defineRun, args, host);
  if (parsed.kind === 'ended') return parsed.exitCode;
  const { options, words } = parsed;
  const json = options.json === true;
  const prepared = await preparePipeline(options, host);
  if ('problems' in prepared) return refuse(prepared.problems, host, { json });
  const { problems, plan, filtered } = prepared.compiled.result;
  if (hasErrors(problems)) return refuse(problems, host, { json });
  if (plan === null) {
    host.stderr.write(`epilogue: no pipeline: ${filtered ?? 'there is nothing to run'}\n`);
    host.stderr.write('    hint: `epilogue list --all` says why of each job\n');
    return EXIT.ok;
  }
  const started = options.manual ?? [];
  const selected = selectJobs(plan, words);
  const unknown = [...selected.unknown, ...started.filter((name) => namedJobs(plan, name).length === 0)];
  const mistakes = unknown.map((name) => unknownJob(name, prepared));
  if (mistakes.length > 0) return refuse(mistakes, host, { json });
  // To name a manual job is to start it.
  const manual = new Set([...words, ...started].flatMap((name) => namedJobs(plan, name)).map((job) => job.name));
  const chosen = withDefaultImage(selected.plan, prepared.settings.image);
  const choice = await chooseExecutor(prepared.settings, chosen, host);
  if ('problem' in choice) return refuse([choice.problem], host, { json });
  return run({ prepared, plan: chosen, choice, manual, json }, host);
}

function defineRun(line: Command): Command {
  return addPipelineFlags(line)
    .description(
      'Runs the pipeline of this checkout, as the working tree is, in directories of its own. Ctrl-C cancels gracefully: scripts are stopped and the cleanup of each job (after_script) runs; Ctrl-C again (SIGINT, no other signal) forces the end and skips cleanup for good.',
    )
    .argument('[job...]', 'run only these jobs and what they need (default: all)')
    .option(
      '--executor <name>',
      'where jobs run: shell (of this machine) or docker (default: docker for jobs with an image, where an engine answers)',
    )
    .option('--image <image>', 'the image of jobs that name none')
    .option('--concurrency <number>', 'how many jobs run at once (default: one a core)')
    .option('--manual <job>', 'start this manual job; may be repeated', collectWord)
    .option('--keep', 'keep the directories that jobs ran in')
    .option('--clean-env', 'hand jobs only PATH, HOME, language and the like of your environment (default: nearly all)')
    .addHelpText('after', AFTERWORD);
}

const AFTERWORD = `
--file, --executor, --image, --concurrency, --event, --env-file, --keep and --clean-env may also be set by a variable, as in
EPILOGUE_ENV_FILE=.env, or in an epilogue.toml in the checkout or in ~/.config/epilogue, as in env_file = ".env"; the shell of
scripts as EPILOGUE_SHELL or shell; variables of jobs in a table [variables]. Options win over variables, these over files.

Exit codes:
  0    success
  1    the pipeline failed, or what it printed could not be written
  2    wrong usage or CI file; nothing ran
  129, 130, 143    interrupted by SIGHUP, SIGINT, SIGTERM; cleanup is done
  137  forced; the last lines name the cleanup that was skipped`;

interface Order {
  readonly prepared: Prepared;
  readonly plan: Plan;
  readonly choice: ExecutorChoice;
  readonly manual: ReadonlySet<string>;
  readonly json: boolean;
}

async function run({ prepared, plan, choice, manual, json }: Order, host: Host): Promise<number> {
  const { compiled, settings, paths, unmasked } = prepared;
  const show = choosePresenter(host, { json });
  const emit = (event: RunEvent) => show.present(event);
  const warn = (problem: Problem) => show.present(problemEvent(problem, host));
  const control = new Control();
  const stopForwarding = forwardSignals(host, control);
  for (const problem of compiled.result.problems) warn(problem);
  const beginning = { warn, noticeOf: choice.noticeOf, image: settings.image };
  if (unmasked.length > 0) show.present(unmaskedEvent(unmasked, host));
  try {
    const finished = await runLocal({
      checkout: compiled.checkout,
      pipeline: localPipeline(compiled, plan, beginning),
      shell: settings.shell,
      executorFor: executorsOf(host, paths.state),
      settingsFor: choice.settingsFor,
      concurrency: settings.concurrency ?? host.cores,
      manual,
      keep: settings.keep,
      paths,
      environment: stepEnvironment(host.env, { isClean: settings.cleanEnv }),
      outerJob: outerJobOf(host),
      recoverCommand: recoverCommandLine(host),
      version: host.version,
      clock: host.clock,
      emit,
      control,
    });
    return finished.exitCode;
  } finally {
    await closeShow(show, host, { stopForwarding, isInterrupted: control.interruption !== null });
  }
}

interface Beginning {
  readonly warn: (problem: Problem) => void;
  readonly noticeOf: ExecutorChoice['noticeOf'];
  /** For jobs that name none. */
  readonly image: string | null;
}

function localPipeline(compiled: CompiledPipeline, plan: Plan, beginning: Beginning): LocalPipeline {
  const { warn, noticeOf, image } = beginning;
  const notice = noticeOf(plan);
  if (notice !== null) warn(notice);
  return {
    plan,
    facts: compiled.facts,
    async compileChild(job) {
      const child = await compiled.compileChild(job);
      for (const problem of child.result.problems) warn(problem);
      const { plan: found } = child.result;
      return found === null ? null : localPipeline(child, withDefaultImage(found, image), beginning);
    },
  };
}

function problemEvent(problem: Problem, host: Host): RunEvent {
  const level = problem.severity;
  return { type: 'message', at: host.clock.now(), level, text: formatProblem({ ...problem, severity: 'error' }) };
}

function unmaskedEvent(names: readonly string[], host: Host): RunEvent {
  const why = 'shorter than 8 characters, or with white space';
  const text = `logs cannot hide these values of the env file (${why}): ${names.join(', ')}`;
  return { type: 'message', at: host.clock.now(), level: 'info', text };
}

/** A job that the file has but this pipeline has not: then the reason is what one wants to know. */
function unknownJob(name: string, { compiled }: Prepared): Problem {
  const report = compiled.result.jobs.find((job) => job.name === name);
  if (report !== undefined) {
    const message = `job '${name}' is not in this pipeline: ${report.reason}`;
    return { code: 'job-left-out', severity: 'error', message };
  }
  const { plan, jobs } = compiled.result;
  const names = [...jobs.map((job) => job.name), ...(plan?.jobs ?? []).map((job) => job.groupName)];
  const meant = suggest(name, names);
  const hint = meant === undefined ? '`epilogue list` lists the jobs' : `did you mean '${meant}'?`;
  return { code: 'job-unknown', severity: 'error', message: `there is no job '${name}'`, hint };
}
