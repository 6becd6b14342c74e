import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildStepScript, type StepScriptOptions } from '../script/step-script.ts';

const SHELLS = [
  { name: 'bash', shell: 'bash', command: ['bash'] },
  { name: 'bash as sh', shell: 'sh', command: ['bash', '--posix'] },
  { name: 'dash', shell: 'sh', command: ['dash'] },
  { name: 'busybox sh', shell: 'sh', command: ['busybox', 'sh'] },
] as const;

export interface TestShell {
  readonly name: string;
  readonly shell: 'bash' | 'sh';
  /** Absolute path. */
  readonly program: string;
  readonly flags: readonly string[];
}

/** The shells of this machine; under CI all of them have to be there. */
export const testShells: readonly TestShell[] = SHELLS.flatMap(({ name, shell, command: [word, ...flags] }) => {
  const program = spawnSync('sh', ['-c', `command -v ${word}`], { encoding: 'utf8' }).stdout.trim();
  if (program === '' && process.env.CI === 'true') throw new Error(`${word} is not installed`);
  return program === '' ? [] : [{ name, shell, program, flags }];
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: the echo is coloured
const ECHO = /^\u001b\[32;1m\$ .*\n/gm;

export interface Result {
  readonly code: number | null;
  readonly out: string;
}

/** A temporary directory with a project `app` in it, where step scripts run in a real shell. */
export interface Stage {
  readonly dir: string;
  /** Writes the script of a step and returns its path. */
  write(lines: readonly string[], changes?: Partial<StepScriptOptions>): string;
  run(lines: readonly string[], changes?: Partial<StepScriptOptions>, path?: string): Result;
  /** What the lines print, without their echo. */
  output(lines: readonly string[], changes?: Partial<StepScriptOptions>): string;
  remove(): void;
}

export function makeStage({ shell, program, flags }: TestShell): Stage {
  const dir = mkdtempSync(join(tmpdir(), 'step-script-'));
  mkdirSync(join(dir, 'app'));

  function write(lines: readonly string[], changes: Partial<StepScriptOptions> = {}): string {
    const temporaryDir = join(dir, 'app.tmp');
    const directory = join(dir, 'app');
    const defaults = { shell, exports: [], files: [], temporaryDir, directory, lines, debugTrace: false };
    const path = join(dir, 'script');
    writeFileSync(path, buildStepScript({ ...defaults, ...changes }));
    return path;
  }

  function run(lines: readonly string[], changes?: Partial<StepScriptOptions>, path = process.env.PATH): Result {
    const child = spawnSync(program, [...flags, write(lines, changes)], {
      env: { PATH: path },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
    return { code: child.status, out: child.stdout + child.stderr };
  }

  const output = (lines: readonly string[], changes?: Partial<StepScriptOptions>): string =>
    run(lines, changes).out.replace(ECHO, '');
  return { dir, write, run, output, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
