import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorCode } from '../../base/index.ts';
import { buildStepScript, type StepScriptOptions } from './step-script.ts';

const SHELLS = [
  { name: 'bash', shell: 'bash', command: ['bash'] },
  { name: 'bash as sh', shell: 'sh', command: ['bash', '--posix'] },
  { name: 'dash', shell: 'sh', command: ['dash'] },
  { name: 'busybox sh', shell: 'sh', command: ['busybox', 'sh'] },
] as const;
const installed = SHELLS.flatMap(({ name, shell, command: [word, ...flags] }) => {
  const program = spawnSync('sh', ['-c', `command -v ${word}`], { encoding: 'utf8' }).stdout.trim();
  return program === '' ? [] : [{ name, shell, program, flags }];
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: the echo is coloured
const ECHO = /^\u001b\[32;1m\$ .*\n/gm;

interface Result {
  readonly code: number | null;
  readonly out: string;
}

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'step-script-'));
  mkdirSync(join(dir, 'app'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe.each(installed)('a step script in $name', ({ shell, program, flags }) => {
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

  /** What the lines print, without their echo. */
  function output(lines: readonly string[], changes?: Partial<StepScriptOptions>): string {
    const { out } = run(lines, changes);
    return out.replace(ECHO, '');
  }

  it('echoes each command before it runs, of a longer one the first line', () => {
    expect(run(['printf "%s\\n" \'a\\tb\'', '', 'if true\nthen echo d\nfi\n', 'echo e\n']).out).toBe(
      [
        '\u001b[32;1m$ printf "%s\\n" \'a\\tb\'\u001b[0;m',
        'a\\tb',
        '',
        '\u001b[32;1m$ if true # collapsed multi-line command\u001b[0;m',
        'd',
        '\u001b[32;1m$ echo e\u001b[0;m',
        'e',
        '',
      ].join('\n'),
    );
  });

  it('gives commands the variables byte for byte', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 }).map((value) => value.replaceAll('\0', ''));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), (values) => {
        const exports = values.map((value, index) => ({ key: `V${index}`, value }));
        const print = exports.map(({ key }) => `printf '<%s>' "$${key}"`).join('; ');
        const child = write([`sh -c '${print.replaceAll("'", "'\\''")}'`], { exports });
        const { stdout } = spawnSync(program, [...flags, child], { env: { PATH: process.env.PATH } });
        const shown = stdout.toString().slice(stdout.indexOf('\n') + 1);
        expect(shown).toBe(values.map((value) => `<${value}>`).join(''));
      }),
      { numRuns: 20, examples: [[["it's", 'a\n\n "b" \\n $X `c` ${d} !e', '*\t~ \r\n']]] },
    );
  });

  it('runs all lines in one shell and one directory', () => {
    expect(output(['mkdir sub && cd sub', 'X=1', 'f() { echo "f $X"; }', 'f', 'pwd'])).toBe(`f 1\n${dir}/app/sub\n`);
  });

  it('stops at the first failure with its exit code', () => {
    expect(run(['echo a', '(exit 7)', 'echo b'])).toMatchObject({
      code: 7,
      out: expect.not.stringContaining('echo b'),
    });
    expect(run(['exit 3', 'echo b'])).toMatchObject({ code: 3, out: expect.not.stringContaining('echo b') });
    expect(run(['nonexistent-command', 'echo b'])).toMatchObject({ code: 127 });
  });

  it('fails with a command inside a pipe, where the shell can tell', () => {
    const knowsPipefail = spawnSync(program, [...flags, '-c', 'set -o pipefail']).status === 0;
    expect(run(['false | true', 'echo on']).code).toBe(knowsPipefail ? 1 : 0);
  });

  it('goes on after failures under set +e, and ends as the last command does', () => {
    expect(run(['set +e', 'false', 'echo on', '(exit 4)'])).toMatchObject({
      code: 4,
      out: expect.stringContaining('\non\n'),
    });
    expect(run(['set +e', 'false', 'true']).code).toBe(0);
  });

  it('takes here-documents, comments and continued lines', () => {
    const lines = ["cat <<'EOF'\n$X 'y'\nEOF", 'echo a # comment', '# only a comment', 'echo b \\\n  c'];
    expect(output(lines)).toBe("$X 'y'\na\nb c\n");
  });

  it('runs the lines before a syntax error', () => {
    expect(run(['echo before', 'if then', 'echo after'])).toMatchObject({
      code: 2,
      out: expect.stringMatching(/\nbefore\n(?!.*\nafter\n)/s),
    });
    expect(run(['echo before', 'echo "unclosed', 'echo after'])).toMatchObject({
      code: expect.toSatisfy((code) => code !== 0),
      out: expect.stringMatching(/\nbefore\n/),
    });
  });

  it('fails where it cannot enter the directory', () => {
    expect(run(['echo a'], { directory: join(dir, 'none') })).toMatchObject({
      code: expect.toSatisfy((code) => code !== 0),
      out: expect.stringMatching(/none/),
    });
  });

  it('writes file variables privately, also over one that the script made read-only', () => {
    const path = join(dir, 'app.tmp', 'KEY');
    const content = "-----BEGIN 'KEY'-----\n%s\\n$X\n\n";
    const files = [{ path, content }];
    expect(run([`chmod 400 '${path}'`], { files }).code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(content);
    expect(run(['test -w .'], { files }).code).toBe(0);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(dir, 'app.tmp')).mode & 0o777).toBe(0o700);
  });

  it('does not start when a file variable cannot be written', () => {
    writeFileSync(join(dir, 'app.tmp'), 'in the way');
    const files = [{ path: join(dir, 'app.tmp', 'KEY'), content: 'x' }];
    expect(run(['echo ran'], { files })).toMatchObject({
      code: expect.toSatisfy((code) => code !== 0),
      out: expect.not.stringContaining('$ echo ran'),
    });
  });

  it('does not start without its directory, unless it is a cleanup', () => {
    const directory = join(dir, 'gone', 'app');
    expect(output(['pwd'], { directory, isCleanup: true })).toBe(`${directory}\n`);
    writeFileSync(join(dir, 'file'), '');
    expect(run(['echo ran'], { directory: join(dir, 'file', 'app'), isCleanup: true })).toMatchObject({
      code: 0,
      out: expect.stringMatching(/\nran\n.*WARNING: the cleanup does not run in/s),
    });
  });

  it('runs a cleanup with the file variables it can get', () => {
    const path = join(dir, 'app.tmp', 'KEY');
    expect(run(['true'], { files: [{ path, content: 'old' }] }).code).toBe(0);
    mkdirSync(`${path}.new`);
    const files = [
      { path, content: 'new' },
      { path: join(dir, 'app.tmp', 'OTHER'), content: 'x' },
    ];
    expect(
      run(['cat "$KEY" ../app.tmp/OTHER'], { files, exports: [{ key: 'KEY', value: path }], isCleanup: true }),
    ).toMatchObject({
      code: 0,
      out: expect.stringMatching(/\noldx.*WARNING: .*KEY could not be written/s),
    });
    rmSync(join(dir, 'app.tmp'), { recursive: true });
    writeFileSync(join(dir, 'app.tmp'), 'in the way');
    expect(run(['echo ran'], { files, isCleanup: true })).toMatchObject({
      code: 0,
      out: expect.stringContaining('\nran\n'),
    });
  });

  it('is not stopped by a GITLAB_ENV that is no readable file', () => {
    mkdirSync(join(dir, 'app.tmp', 'gitlab_runner_env'), { recursive: true });
    expect(run(['echo ran'])).toMatchObject({ code: 0, out: expect.stringMatching(/^.*\nran\n$/) });
  });

  it('hands on what was written to GITLAB_ENV', () => {
    expect(
      run(['echo "A=1 2  \'x\'" >> "$GITLAB_ENV"', 'printf "bad line\\n2B=x\\nUID=7\\n=y\\nC=z=z" >> $GITLAB_ENV'])
        .code,
    ).toBe(0);
    expect(output(['sh -c \'echo "$A|$C"\'', 'echo "${epilogue_line-unset}"'])).toBe("1 2  'x'|z=z\nunset\n");
  });

  it('needs no program but its shell', () => {
    mkdirSync(join(dir, 'app.tmp'));
    writeFileSync(join(dir, 'app.tmp', 'gitlab_runner_env'), 'A=1\n');
    expect(run(['echo "$A$B"'], { exports: [{ key: 'B', value: '2' }] }, '/nonexistent')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/\n12\n$/),
    });
  });

  it('traces the lines, not the variables', () => {
    const { out } = run(['echo a'], { debugTrace: true, exports: [{ key: 'SECRET', value: 's3cret' }] });
    expect(out).toContain('+ echo a\n');
    expect(out).not.toContain('s3cret');
  });

  it('lets redirections overwrite files', () => {
    writeFileSync(join(dir, 'app', 'file'), 'old');
    const child = spawnSync(program, [...flags, '-C', write(['echo new > file'])], { env: { PATH: process.env.PATH } });
    expect(child.status).toBe(0);
  });

  it('leaves out NUL bytes', () => {
    expect(output(['echo a\0b'])).toBe('ab\n');
  });

  it('runs the script’s own EXIT trap when it is told to stop', async () => {
    const child = spawn(
      program,
      [...flags, write(["trap 'echo cleaned' EXIT", 'sleep 30 >/dev/null 2>&1 & echo ready; wait'])],
      {
        env: { PATH: process.env.PATH },
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: true,
      },
    );
    const ended = outputOf(child, 'ready\n', () => process.kill(-(child.pid ?? 0), 'SIGTERM'));
    // A fork that has not become `sleep` yet still has the shell's handler and swallows the signal.
    const result = await ended;
    endGroup(child.pid ?? 0);
    expect(result).toMatchObject({ code: 143, out: expect.stringContaining('cleaned\n') });
  });
});

/** Collects output until the end; calls `then` once when `text` has been printed. */
function outputOf(child: ChildProcess, text: string, then: () => void): Promise<Result> {
  const { promise, resolve } = Promise.withResolvers<Result>();
  let out = '';
  let seen = false;
  child.stdout?.on('data', (bytes) => {
    out += bytes;
    if (seen || !out.endsWith(text)) return;
    seen = true;
    then();
  });
  child.on('close', (code) => resolve({ code, out }));
  return promise;
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}
