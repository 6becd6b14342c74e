import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorCode } from '../../base/index.ts';
import { makeStage, type Result, type Stage, testShells } from '../testing/stage.ts';

describe.each(testShells)('a step script in $name', (shell) => {
  let stage: Stage;
  beforeEach(() => {
    stage = makeStage(shell);
  });
  afterEach(() => stage.remove());

  it('echoes each command before it runs, of a longer one the first line', () => {
    expect(stage.run(['printf "%s\\n" \'a\\tb\'', '', 'if true\nthen echo d\nfi\n', 'echo e\n']).out).toBe(
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
        const child = stage.write([`sh -c '${print.replaceAll("'", "'\\''")}'`], { exports });
        const { stdout } = spawnSync(shell.program, [...shell.flags, child], { env: { PATH: process.env.PATH } });
        const shown = stdout.toString().slice(stdout.indexOf('\n') + 1);
        expect(shown).toBe(values.map((value) => `<${value}>`).join(''));
      }),
      { numRuns: 20, examples: [[["it's", 'a\n\n "b" \\n $X `c` ${d} !e', '*\t~ \r\n']]] },
    );
  });

  it('runs all lines in one shell and one directory', () => {
    expect(stage.output(['mkdir sub && cd sub', 'X=1', 'f() { echo "f $X"; }', 'f', 'pwd'])).toBe(
      `f 1\n${stage.dir}/app/sub\n`,
    );
  });

  it('stops at the first failure with its exit code', () => {
    expect(stage.run(['echo a', '(exit 7)', 'echo b'])).toMatchObject({
      code: 7,
      out: expect.not.stringContaining('echo b'),
    });
    expect(stage.run(['exit 3', 'echo b'])).toMatchObject({ code: 3, out: expect.not.stringContaining('echo b') });
    expect(stage.run(['nonexistent-command', 'echo b'])).toMatchObject({ code: 127 });
  });

  it('fails with a command inside a pipe, where the shell can tell', () => {
    const knowsPipefail = spawnSync(shell.program, [...shell.flags, '-c', 'set -o pipefail']).status === 0;
    expect(stage.run(['false | true', 'echo on']).code).toBe(knowsPipefail ? 1 : 0);
  });

  it('goes on after failures under set +e, and ends as the last command does', () => {
    expect(stage.run(['set +e', 'false', 'echo on', '(exit 4)'])).toMatchObject({
      code: 4,
      out: expect.stringContaining('\non\n'),
    });
    expect(stage.run(['set +e', 'false', 'true']).code).toBe(0);
  });

  it('takes here-documents, comments and continued lines', () => {
    const lines = ["cat <<'EOF'\n$X 'y'\nEOF", 'echo a # comment', '# only a comment', 'echo b \\\n  c'];
    expect(stage.output(lines)).toBe("$X 'y'\na\nb c\n");
  });

  it('runs the lines before a syntax error', () => {
    expect(stage.run(['echo before', 'if then', 'echo after'])).toMatchObject({
      code: 2,
      out: expect.stringMatching(/\nbefore\n(?!.*\nafter\n)/s),
    });
    expect(stage.run(['echo before', 'echo "unclosed', 'echo after'])).toMatchObject({
      code: expect.toSatisfy((code) => code !== 0),
      out: expect.stringMatching(/\nbefore\n/),
    });
  });

  it('traces the lines, not the variables', () => {
    const { out } = stage.run(['echo a'], { debugTrace: true, exports: [{ key: 'SECRET', value: 's3cret' }] });
    expect(out).toContain('+ echo a\n');
    expect(out).not.toContain('s3cret');
  });

  it('lets redirections overwrite files', () => {
    writeFileSync(join(stage.dir, 'app', 'file'), 'old');
    const child = spawnSync(shell.program, [...shell.flags, '-C', stage.write(['echo new > file'])], {
      env: { PATH: process.env.PATH },
    });
    expect(child.status).toBe(0);
  });

  it('leaves out NUL bytes', () => {
    expect(stage.output(['echo a\0b'])).toBe('ab\n');
  });

  it('runs the script’s own EXIT trap when it is told to stop', async () => {
    const child = spawn(
      shell.program,
      [...shell.flags, stage.write(["trap 'echo cleaned' EXIT", 'sleep 30 >/dev/null 2>&1 & echo ready; wait'])],
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
