import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environmentSlug, slugify } from './slug.ts';

describe('slugify', () => {
  it.each([
    ['main', 'main'],
    ['Feature/ABC-1_x', 'feature-abc-1-x'],
    ['--a--', 'a'],
    ['é😀b', 'b'],
    ['a😀b', 'a-b'],
    ['x'.repeat(70), 'x'.repeat(63)],
    [`${'x'.repeat(62)}/y`, 'x'.repeat(62)],
    ['///', ''],
  ])('%j becomes %j', (text, slug) => {
    expect(slugify(text)).toBe(slug);
  });
});

describe('environmentSlug', () => {
  it('keeps a short clean name as it is', () => {
    expect(environmentSlug('production')).toBe('production');
  });

  it('marks a changed name with the end of its digest', () => {
    const digest = createHash('sha256').update('review/Fix-1').digest('hex');
    expect(environmentSlug('review/Fix-1')).toBe(`review-fix-1-${BigInt(`0x${digest}`).toString(36).slice(-6)}`);
  });

  it('tells names apart that look alike', () => {
    expect(environmentSlug('a/b')).not.toBe(environmentSlug('a_b'));
  });

  it('always fits a host name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (name) => {
        expect(environmentSlug(name)).toMatch(/^[a-z](?:[a-z0-9-]{0,22}[a-z0-9])?$/);
      }),
    );
  });
});
