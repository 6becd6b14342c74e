import { expect, it } from 'vitest';
import { describeError, Failure } from './failure.ts';

it('says each reason of a failure once, whoever put it into words', () => {
  const cause = new Error('no space left');
  expect(describeError(new Failure('x', 'cannot save it', { cause }))).toBe('cannot save it: no space left');
  expect(describeError(new Failure('x', 'cannot save it: no space left', { cause }))).toBe(
    'cannot save it: no space left',
  );
  const middle = new Failure('x', 'the disk is full', { cause });
  expect(describeError(new Failure('x', 'cannot save it', { cause: middle }))).toBe(
    'cannot save it: the disk is full: no space left',
  );
  expect(describeError('words')).toBe('words');
});
