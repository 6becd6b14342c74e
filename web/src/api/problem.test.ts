import { expect, it } from 'vitest';
import { problemOf } from './problem.ts';

it.each([
  [404, { message: '404 Project Not Found' }, 'Project Not Found'],
  [400, { error: 'scope is invalid' }, 'scope is invalid'],
  [400, { message: { base: ['No stages / jobs for this pipeline.'] } }, 'No stages / jobs for this pipeline.'],
  [
    400,
    { message: { name: ['has already been taken'], path: ['is too long', 'is odd'] } },
    'name has already been taken; path is too long, is odd',
  ],
  [502, '<html>', 'HTTP 502'],
  [500, null, 'HTTP 500'],
])('%i %j is told as words', (status, body, message) => {
  expect(problemOf(status, body)).toEqual({ status, code: null, message });
});
