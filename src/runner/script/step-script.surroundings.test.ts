import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeStage, type Stage, testShells } from '../testing/stage.ts';

describe.each(testShells)('what a step script finds around it, in $name', (shell) => {
  let stage: Stage;
  beforeEach(() => {
    stage = makeStage(shell);
  });
  afterEach(() => stage.remove());

  it('fails where it cannot enter the directory', () => {
    expect(stage.run(['echo a'], { directory: join(stage.dir, 'none') })).toMatchObject({
      code: expect.toSatisfy((code) => code !== 0),
      out: expect.stringMatching(/none/),
    });
  });

  it('writes file variables privately, also over one that the script made read-only', () => {
    const path = join(stage.dir, 'app.tmp', 'KEY');
    const content = "-----BEGIN 'KEY'-----\n%s\\n$X\n\n";
    const files = [{ path, content }];
    expect(stage.run([`chmod 400 '${path}'`], { files }).code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(content);
    expect(stage.run(['test -w .'], { files }).code).toBe(0);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(stage.dir, 'app.tmp')).mode & 0o777).toBe(0o700);
  });

  it('does not start when a file variable cannot be written', () => {
    writeFileSync(join(stage.dir, 'app.tmp'), 'in the way');
    const files = [{ path: join(stage.dir, 'app.tmp', 'KEY'), content: 'x' }];
    expect(stage.run(['echo ran'], { files })).toMatchObject({
      code: expect.toSatisfy((code) => code !== 0),
      out: expect.not.stringContaining('$ echo ran'),
    });
  });

  it('does not start without its directory, unless it is a cleanup', () => {
    const directory = join(stage.dir, 'gone', 'app');
    expect(stage.output(['pwd'], { directory, isCleanup: true })).toBe(`${directory}\n`);
    writeFileSync(join(stage.dir, 'file'), '');
    const elsewhere = join(stage.dir, 'app.tmp', 'elsewhere');
    expect(stage.run(['pwd'], { directory: join(stage.dir, 'file', 'app'), isCleanup: true })).toMatchObject({
      code: 0,
      out: expect.stringMatching(new RegExp(`\n${elsewhere}\n.*WARNING: the cleanup cannot run in .*/file/app`, 's')),
    });
    writeFileSync(join(stage.dir, 'gone', 'app.tmp'), 'in the way');
    const nowhere = { directory: join(stage.dir, 'file', 'app'), temporaryDir: join(stage.dir, 'gone', 'app.tmp') };
    expect(stage.run(['echo ran'], { ...nowhere, isCleanup: true })).toMatchObject({
      code: 0,
      out: expect.stringMatching(/\nran\n.*WARNING: the cleanup does not run in/s),
    });
  });

  it('runs a cleanup although its log cannot be written', () => {
    const path = stage.write([`echo cleaning`, `touch ${join(stage.dir, 'cleaned')}`], { isCleanup: true });
    const full = openSync('/dev/full', 'a');
    const ended = spawnSync(shell.program, [...shell.flags, path], { stdio: ['ignore', full, full] });
    closeSync(full);
    expect(ended.status).toBe(0);
    expect(existsSync(join(stage.dir, 'cleaned'))).toBe(true);
  });

  it('runs a cleanup with the file variables it can get', () => {
    const path = join(stage.dir, 'app.tmp', 'KEY');
    expect(stage.run(['true'], { files: [{ path, content: 'old' }] }).code).toBe(0);
    mkdirSync(`${path}.new`);
    const files = [
      { path, content: 'new' },
      { path: join(stage.dir, 'app.tmp', 'OTHER'), content: 'x' },
    ];
    expect(
      stage.run(['cat "$KEY" ../app.tmp/OTHER'], { files, exports: [{ key: 'KEY', value: path }], isCleanup: true }),
    ).toMatchObject({
      code: 0,
      out: expect.stringMatching(/\noldx.*WARNING: .*KEY could not be written/s),
    });
    rmSync(join(stage.dir, 'app.tmp'), { recursive: true });
    writeFileSync(join(stage.dir, 'app.tmp'), 'in the way');
    expect(stage.run(['echo ran'], { files, isCleanup: true })).toMatchObject({
      code: 0,
      out: expect.stringContaining('\nran\n'),
    });
  });

  it('is not stopped by a GITLAB_ENV that is no readable file', () => {
    mkdirSync(join(stage.dir, 'app.tmp', 'gitlab_runner_env'), { recursive: true });
    expect(stage.run(['echo ran'])).toMatchObject({ code: 0, out: expect.stringMatching(/^.*\nran\n$/) });
  });

  it('hands on what was written to GITLAB_ENV', () => {
    expect(
      stage.run([
        'echo "A=1 2  \'x\'" >> "$GITLAB_ENV"',
        'printf "bad line\\n2B=x\\nUID=7\\n=y\\nC=z=z" >> $GITLAB_ENV',
      ]).code,
    ).toBe(0);
    expect(stage.output(['sh -c \'echo "$A|$C"\'', 'echo "${epilogue_line-unset}"'])).toBe("1 2  'x'|z=z\nunset\n");
  });

  it('needs no shell.program but its shell', () => {
    mkdirSync(join(stage.dir, 'app.tmp'));
    writeFileSync(join(stage.dir, 'app.tmp', 'gitlab_runner_env'), 'A=1\n');
    expect(stage.run(['echo "$A$B"'], { exports: [{ key: 'B', value: '2' }] }, '/nonexistent')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/\n12\n$/),
    });
  });
});
