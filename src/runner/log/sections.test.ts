import { expect, it } from 'vitest';
import { errorLine, executorLine, infoLine, sectionEnd, sectionStart, title, warningLine } from './sections.ts';

it('writes sections and titles in GitLab’s bytes, in whole seconds', () => {
  expect(sectionStart('step_script', 1_700_000_000_999)).toBe('section_start:1700000000:step_script\r\u001b[0K');
  expect(sectionEnd('step_script', 1_700_000_001_000)).toBe('section_end:1700000001:step_script\r\u001b[0K');
  expect(title('Running after_script')).toBe('\u001b[0K\u001b[36;1mRunning after_script\u001b[0;m\u001b[0;m\n');
});

it('colours lines by what they mean', () => {
  expect(infoLine('Job succeeded')).toBe('\u001b[32;1mJob succeeded\u001b[0;m\n');
  expect(warningLine('no files')).toBe('\u001b[0;33mWARNING: no files\u001b[0;m\n');
  expect(executorLine('WARNING: no image')).toBe('\u001b[0;33mWARNING: no image\u001b[0;m\n');
  expect(executorLine('Pulling image')).toBe('Pulling image\n');
  expect(errorLine('Job failed')).toBe('\u001b[31;1mERROR: Job failed\u001b[0;m\n');
});
