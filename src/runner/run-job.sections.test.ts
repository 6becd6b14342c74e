import { afterEach, expect, it } from 'vitest';
import type { Act } from '../executors/index.ts';
import { JobBench } from './testing/job-bench.ts';

let bench: JobBench;

afterEach(() => bench.dispose());

it('closes the section of a script that was killed once nothing of it prints any more', async () => {
  const vanish: readonly Act[] = [{ do: 'vanish', lastWords: 'last words\n' }];
  bench = new JobBench({ step_script: vanish, 'after_script-1': vanish });
  await bench.run();
  const sections = [...bench.log().matchAll(/section_(?:start|end):\d+:\w+|last words/g)].map(([text]) =>
    text.replace(/:\d+:/, ' '),
  );
  expect(sections).toEqual([
    'section_start get_sources',
    'section_end get_sources',
    'section_start step_script',
    'last words',
    'section_end step_script',
    'section_start after_script',
    'last words',
    'section_end after_script',
    'section_start after_script',
    'section_end after_script',
  ]);
});

it('announces by when the cleanup has ended, and nothing of the kind where none is owed', async () => {
  const deadlines = () => bench.phases.flatMap(({ phase, deadline }) => (phase === 'teardown' ? [deadline] : []));
  bench = new JobBench({});
  await bench.run();
  expect(deadlines()).toEqual([expect.any(Number)]);
  bench.dispose();
  const script = { name: 'script', script: ['true'], timeout: 3600, when: 'on_success', allow_failure: false } as const;
  bench = new JobBench({}, { steps: [script] });
  await bench.run();
  expect(deadlines()).toEqual([null]);
});
