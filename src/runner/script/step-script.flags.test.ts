import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeStage, type Stage, testShells } from '../testing/stage.ts';

describe.each(testShells)('a step script in $name', (shell) => {
  let stage: Stage;
  beforeEach(() => {
    stage = makeStage(shell);
  });
  afterEach(() => stage.remove());

  const long = 'if true\nthen echo "100%"\nfi';

  it('shows commands of several lines whole, each in a folded section of its own, when told so', () => {
    const { code, out } = stage.run(['echo a', long, 'echo b', long], { hasSections: true });
    expect(code).toBe(0);
    const section = (index: number) =>
      [
        `section_start:TIME:section_script_step_${index}[hide_duration=true,collapsed=true]\r\u001b[0K`,
        `\u001b[32;1m$ ${long}\u001b[0;m\n`,
        `section_end:TIME:section_script_step_${index}\r\u001b[0K`,
        '100%\n',
      ].join('');
    const echo = (letter: string) => `\u001b[32;1m$ echo ${letter}\u001b[0;m\n${letter}\n`;
    expect(out.replaceAll(/:\d{10}:/g, ':TIME:')).toBe(`${echo('a')}${section(1)}${echo('b')}${section(3)}`);
  });

  it('tells the time of a section as it is', () => {
    const before = Math.floor(Date.now() / 1000);
    const [, time] = /section_start:(\d+):/.exec(stage.run([long], { hasSections: true }).out) ?? [];
    expect(Number(time)).toBeGreaterThanOrEqual(before);
    expect(Number(time)).toBeLessThanOrEqual(before + 60);
  });

  it.each(['false && true', 'set +e\nfalse', 'set +e; (exit 7) && true'])(
    'goes on after %j, unless it is told to look at each exit code',
    (line) => {
      expect(stage.run([line, 'echo on']).code).toBe(0);
      const checked = stage.run([line, 'echo on'], { checksEachLine: true });
      expect(checked.code).toBe(line.includes('7') ? 7 : 1);
      expect(checked.out).not.toContain('\non');
    },
  );

  it('shows nothing of looking at each exit code in a trace', () => {
    const { code, out } = stage.run(['echo a'], { checksEachLine: true, debugTrace: true });
    expect(code).toBe(0);
    expect(out).not.toContain('exit "$epilogue_code"');
  });
});
