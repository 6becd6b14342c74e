import { quoteWord } from '../../base/index.ts';
import { type Export, RESERVED_NAMES, type VariableFile } from './job-variables.ts';

export interface StepScriptOptions {
  readonly shell: 'bash' | 'sh';
  readonly exports: readonly Export[];
  readonly files: readonly VariableFile[];
  /** `<project dir>.tmp`: holds the variable files and `GITLAB_ENV`. Made by the script when it is not there. */
  readonly temporaryDir: string;
  /** Where the lines run; null: where the shell starts. */
  readonly directory: string | null;
  /** Elements of `script:`; each may have several lines. */
  readonly lines: readonly string[];
  /** `set -x` (`CI_DEBUG_TRACE`). */
  readonly debugTrace: boolean;
  /** A line of several lines is shown whole, in a folded section (`FF_SCRIPT_SECTIONS`). */
  readonly hasSections?: boolean;
  /** A line that fails ends the step also where `set -e` does not (`FF_ENABLE_BASH_EXIT_CODE_CHECK`). */
  readonly checksEachLine?: boolean;
  /** The lines are a cleanup: they run even where a file variable cannot be written or the directory is gone. */
  readonly isCleanup?: boolean;
}

/**
 * The whole shell script of one step: exports, file variables, `cd`, then each line echoed and run, all in one shell, stopping
 * at the first failure with its exit code. Holds for bash, dash and busybox ash.
 *
 * Everything before the lines is builtins, so that a step costs no process but its own; only file variables, and the first step that
 * finds no temporary directory, start one or two. The lines stand as they are, not in an `eval`: the shell takes them one after the
 * other either way, so that a syntax error counts only once the lines before it have run, but error messages and traces get shorter.
 */
export function buildStepScript(options: StepScriptOptions): string {
  const { shell, exports, files, temporaryDir, directory, lines, debugTrace, isCleanup = false } = options;
  const check = options.checksEachLine ? [EXIT_CODE_CHECK] : [];
  const echo = (line: string, index: number) => (options.hasSections ? sectionOf(shell, line, index) : echoOf(line));
  return [
    // A waiting shell runs the trap once its command has ended; without it dash would skip a script's own EXIT trap.
    "trap 'exit 143' TERM",
    // `command` keeps a shell that does not know pipefail from giving up.
    shell === 'bash' ? 'set -eo pipefail' : 'set -e\ncommand set -o pipefail 2>/dev/null || :',
    'set +C',
    ...exports.map(({ key, value }) => `export ${key}=${quoteWord(value)}`),
    ...writeFiles(temporaryDir, files, isCleanup),
    ...readJobEnvironment(temporaryDir),
    ...(directory === null ? [] : [isCleanup ? enterAtAnyRate(directory, temporaryDir) : `cd ${quoteWord(directory)}`]),
    // After the exports: a traced value is quoted by the shell, and a masked one would not be found in it.
    ...(debugTrace ? ['set -x'] : []),
    ...lines.flatMap((line, index) => [
      isCleanup ? `${echo(line, index)} ${OR_IN_SILENCE}` : echo(line, index),
      line,
      ...check,
    ]),
    '',
  ]
    .join('\n')
    .replaceAll('\0', '');
}

/**
 * Files are made anew by every step: a script may have changed one, or made it read-only as ssh wants its keys to be. Each is replaced
 * only once the new one is whole, so that on a full disk a cleanup still finds what the script before it had.
 */
function writeFiles(temporaryDir: string, files: readonly VariableFile[], isCleanup: boolean): string[] {
  const directory = quoteWord(temporaryDir);
  const makeDir = `[ -d ${directory} ] || mkdir -p -m 700 ${directory}${isCleanup ? ' || :' : ''}`;
  if (files.length === 0) return [makeDir];
  const writes = files.map(({ path, content }) => {
    const [file, unfinished] = [quoteWord(path), quoteWord(`${path}.new`)];
    const trouble = isCleanup ? complain(`${path} could not be written; the cleanup goes on`) : 'exit 1';
    return `printf %s ${quoteWord(content)} >${unfinished} && mv -f ${unfinished} ${file} || ${trouble}`;
  });
  return [makeDir, '(', 'umask 077', ...writes, ')'];
}

/**
 * A cleanup whose directory the script has removed gets an empty one; where the script has closed it, or put something else in its place,
 * another one, and not the step's own, which its commands might empty.
 */
function enterAtAnyRate(directory: string, temporaryDir: string): string {
  const elsewhere = `${temporaryDir}/elsewhere`;
  const [change, makeAndChange, settle] = [
    `cd ${quoteWord(directory)} 2>/dev/null`,
    `mkdir -p ${quoteWord(directory)} 2>/dev/null && cd ${quoteWord(directory)} 2>/dev/null`,
    `mkdir -p ${quoteWord(elsewhere)} 2>/dev/null && cd ${quoteWord(elsewhere)}`,
  ];
  const said = complain(`the cleanup cannot run in ${directory}; it runs in ${elsewhere}`);
  const lost = complain(`the cleanup does not run in ${directory}`);
  return `${change} || { ${makeAndChange}; } || { ${settle} && { ${said}; }; } || ${lost}`;
}

/** Never fails: the log may be what cannot be written. */
function complain(text: string): string {
  return `printf '%s\\n' ${quoteWord(`WARNING: ${text}`)} >&2 || :`;
}

/** Under `set -e` a log that cannot be written, on a full disk say, would end a cleanup at its first `echo`. It goes on unheard. */
const OR_IN_SILENCE = '2>/dev/null || exec >/dev/null 2>&1';

/** `KEY=value` lines that an earlier step left in the file `GITLAB_ENV` names; others are passed over. */
function readJobEnvironment(temporaryDir: string): string[] {
  return [
    `export GITLAB_ENV=${quoteWord(`${temporaryDir}/gitlab_runner_env`)}`,
    'if [ -f "$GITLAB_ENV" ] && [ -r "$GITLAB_ENV" ]; then',
    '  while IFS= read -r epilogue_line || [ -n "$epilogue_line" ]; do',
    '    case "${epilogue_line%%=*}" in',
    '      \'\' | [0-9]* | *[!A-Za-z0-9_]* | "$epilogue_line") ;;',
    `      ${RESERVED_NAMES.join(' | ')}) ;;`,
    '      *) export "$epilogue_line" ;;',
    '    esac',
    '  done <"$GITLAB_ENV"',
    '  unset epilogue_line',
    'fi',
  ];
}

/** After a line that may itself have turned `set -e` off. */
const EXIT_CODE_CHECK = '{ epilogue_code=$?; [ "$epilogue_code" -eq 0 ] || exit "$epilogue_code"; } 2>/dev/null';

const GREEN = '\u001b[32;1m';
const RESET = '\u001b[0;m';

/** Shows a command before it runs; of one with several lines the first. */
function echoOf(line: string): string {
  const [first = '', ...more] = line.trim().split('\n');
  if (first === '') return "printf '\\n'";
  const shown = more.length === 0 ? first : `${first} # collapsed multi-line command`;
  return `printf '%s\\n' ${quoteWord(`${GREEN}$ ${shown}${RESET}`)}`;
}

/** As `echoOf`, of a command with several lines all of them, folded; in GitLab's bytes. */
function sectionOf(shell: 'bash' | 'sh', line: string, index: number): string {
  const command = line.trim();
  if (!command.includes('\n')) return echoOf(line);
  // Bash tells the time by itself.
  const time = shell === 'bash' ? "%(%s)T' -1" : '%s\' "$(date +%s)"';
  const name = `section_script_step_${index}`;
  const mark = (kind: string, options: string) =>
    `printf 'section_${kind}:${time} && printf ':${name}${options}\\r\\033[0K'`;
  const shown = `printf '%s\\n' ${quoteWord(`${GREEN}$ ${command}${RESET}`)}`;
  return `{ ${mark('start', '[hide_duration=true,collapsed=true]')} && ${shown} && ${mark('end', '')}; }`;
}
