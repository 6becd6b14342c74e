import { expect, it } from 'vitest';
import { canceledRun, logged, memoryOutput } from '../testing/sample-run.ts';
import { createJsonPresenter } from './json-presenter.ts';

it('writes one event a line, with log bytes as text', async () => {
  const output = memoryOutput();
  const presenter = createJsonPresenter(output);
  for (const event of [...canceledRun, logged(1, 'naïve\n"quoted"\n', 18)]) await presenter.present(event);
  await presenter.close();
  const lines = output.text().trimEnd().split('\n');
  const events = lines.map((line) => JSON.parse(line));
  expect(events.map((event) => event.type)).toEqual([...canceledRun.map((event) => event.type), 'job_log']);
  expect(events.at(-1)).toMatchObject({ job: 1, offset: 18, text: 'naïve\n"quoted"\n' });
  expect(events.at(-1)).not.toHaveProperty('bytes');
});
