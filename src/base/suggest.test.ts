import { describe, expect, it } from 'vitest';
import { didYouMean, suggest } from './suggest.ts';

describe('the word that was meant', () => {
  it.each([
    ['rnu', 'run'],
    ['lst', 'list'],
    ['SCRIPT', 'script'],
    ['after_scripts', 'after_script'],
  ])('%s is most likely %s', (typed, meant) => {
    expect(suggest(typed, ['run', 'list', 'lint', 'script', 'after_script'])).toBe(meant);
  });

  it('is nothing when no known word is near', () => {
    expect(suggest('frobnicate', ['run', 'list'])).toBeUndefined();
    expect(didYouMean('frobnicate', ['run', 'list'])).toEqual({});
  });
});
