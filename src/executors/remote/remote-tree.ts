import { type Clock, Failure, quoteWord } from '../../base/index.ts';
import { createContainerTree } from '../containers/container-tree.ts';
import type { InsideResult, RunInside } from '../containers/run-inside.ts';
import { scanScript } from '../containers/scan-script.ts';
import type { Place } from '../executor.ts';
import type { Programs } from './programs/programs.ts';
import type { Reach } from './reach.ts';
import type { RemoteSteps } from './steps/remote-steps.ts';

export interface RemoteTreeOptions {
  readonly programs: Programs;
  readonly reach: Reach;
  readonly clock: Clock;
  readonly steps: RemoteSteps;
  /** What works for the job on this machine. */
  readonly host: Pick<Place, 'signal'>;
}

/** A step has begun that the signal was not meant for. */
const STRANGE = 98;
/** A job can make directories that look like begun steps, and it is signalled all the same. */
const ASKED = 5;
const SCAN_BYTES = 4 * 1024 * 1024;

/**
 * What was exec'd has no parent in the container. Here that is nobody's step: programs of ours, or somebody who looks around; and so is what descends from it. The job's is what descends from the first
 * process, and wrappers do: they are spared by their ids. Two rounds or three; a process that is born meanwhile is told by its parent.
 */
const FIND_OUTSIDERS = `find_outsiders() {
  outside=' '
  pairs=
  for dir in /proc/[0-9]*; do
    pid=\${dir#/proc/}
    [ "$pid" != 1 ] || continue
    read -r stat 2>/dev/null <"$dir/stat" || continue
    stat=\${stat##*) }
    stat=\${stat#* }
    parent=\${stat%% *}
    if [ "$parent" = 0 ]; then outside="$outside$pid "; else pairs="$pairs $pid:$parent"; fi
  done
  again=1
  while [ -n "$again" ]; do
    again=
    for pair in $pairs; do
      case $outside in
        *" \${pair%%:*} "*) ;;
        *" \${pair#*:} "*) outside="$outside\${pair%%:*} " again=1 ;;
      esac
    done
  done
}`;

/**
 * A signal may be carried out late, when its connection was cut. It is meant for the steps that its sender knew of: a cleanup that has begun since is not hit by it. `steps` is the directory of them,
 * `known` has their ids, a space before and behind each, or is `any`.
 */
const MAY_SIGNAL = `may_signal() {
  [ "$1" != CONT ] && [ "$known_steps" != any ] || return 0
  strange=
  for dir in "$steps"/*; do
    [ -f "$dir/claim" ] || continue
    case $known_steps in *" \${dir##*/} "*) ;; *) strange="$strange \${dir##*/}" ;; esac
  done
  [ -n "$strange" ] || return 0
  for pid in $members $roots; do kill -s CONT "$pid" 2>/dev/null; done
  printf 'strange%s\\n' "$strange" >&2
  exit ${STRANGE}
}`;

const REMOTE_SCAN = scanScript({ findOutsiders: FIND_OUTSIDERS, maySignal: MAY_SIGNAL });

/** All processes of one job in a remote place, found anew for every signal. */
export function createRemoteTree(options: RemoteTreeOptions): Pick<Place, 'signal' | 'untilDead'> {
  const { programs, reach, clock, steps, host } = options;
  const tree = createContainerTree({
    ...{ clock, host, run: scanBy(options) },
    starting: () => steps.starting,
    async known(limit) {
      const container = await programs.running(limit);
      if (container === null) return null;
      return { waiter: container.waiter, spared: [...container.spared, ...steps.wrappers] };
    },
    killContainer: () => reach.remove(true),
  });
  return {
    async signal(kind) {
      // A start that was given up comes true before, or never.
      if (kind !== 'none') await steps.forbidUnsettled();
      return await tree.signal(kind);
    },
    untilDead: tree.untilDead,
  };
}

function scanBy({ programs, reach, steps }: RemoteTreeOptions): RunInside {
  const seen = new Set<string>();

  return async function run(command, limit) {
    // As `createScanner` has it: a shell, its script and its name come first.
    const words = command.slice(4).map(quoteWord).join(' ');
    for (let tries = 1; ; tries += 1) {
      const known = tries < ASKED ? ` ${[...steps.claimed, ...seen].join(' ')} ` : 'any';
      const program = `known_steps=${quoteWord(known)}
steps=${quoteWord(`${reach.stateDir}/steps`)}
set -- ${words}
${REMOTE_SCAN}`;
      const result = await scan(program, limit);
      if (result?.code !== STRANGE) return result;
      for (const id of /^strange (.*)$/m.exec(result.stderr)?.[1]?.split(' ') ?? []) seen.add(id);
    }
  };

  async function scan(program: string, limit?: AbortSignal): Promise<InsideResult | null> {
    try {
      const request = { what: 'scan', program, as: 'root', limitBytes: SCAN_BYTES } as const;
      const answer = await programs.askRunning({ ...request, ...(limit === undefined ? {} : { signal: limit }) });
      return answer && { code: answer.code, stdout: answer.stdout.toString(), stderr: answer.stderr };
    } catch (error) {
      if (error instanceof Failure && error.code === 'exec_refused')
        return { code: -1, stdout: '', stderr: error.message };
      throw error;
    }
  }
}
