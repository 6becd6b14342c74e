import { expect, it } from 'vitest';
import { engineNameOf, imageId, parseReference } from './references.ts';

const SHA = `sha256:${'0123456789abcdef'.repeat(4)}`;

it.each([
  ['ruby', 'docker.io/library/ruby:latest'],
  ['ruby:3.4-slim', 'docker.io/library/ruby:3.4-slim'],
  ['bitnami/redis', 'docker.io/bitnami/redis:latest'],
  ['docker.io/ruby', 'docker.io/library/ruby:latest'],
  ['index.docker.io/library/ruby:1', 'docker.io/library/ruby:1'],
  ['localhost/app', 'localhost/app:latest'],
  ['localhost:5000/app:v_1.0', 'localhost:5000/app:v_1.0'],
  ['registry.example.com:5005/a/b__c/d-e.f:x', 'registry.example.com:5005/a/b__c/d-e.f:x'],
  ['Registry/app', 'Registry/app:latest'],
  ['[::1]:5000/app', '[::1]:5000/app:latest'],
  [`ruby@${SHA}`, `docker.io/library/ruby@${SHA}`],
  [`ghcr.io/x/y:2@${SHA}`, `ghcr.io/x/y@${SHA}`],
])('reads %s as %s', (written, meant) => {
  expect(engineNameOf(parseReference(written))).toBe(meant);
});

it.each([
  ['', 'is empty'],
  ['ruby 3', 'there is a space in it'],
  ['Ruby', 'must be in lower case'],
  ['ruby:', 'is no tag'],
  ['ruby:-1', 'is no tag'],
  [`ruby:${'x'.repeat(129)}`, 'is no tag'],
  ['ruby@sha256:12', 'is no digest'],
  ['ruby@', 'is no digest'],
  ['a//b', 'is no path'],
  ['a/../b', 'is no path'],
  ['example.com/', 'is no path'],
  ['exa$mple.com/x', 'is no registry'],
  ['/etc/passwd', 'is no path'],
  ['$IMAGE', 'must be in lower case'],
  ['https://example.com/x', 'is no registry'],
  [`a/${'b'.repeat(300)}`, 'longer than 255'],
  ['a'.repeat(5000), 'longer than 1024'],
])('says what is wrong with %j', (written, why) => {
  expect(() => parseReference(written)).toThrow(
    expect.objectContaining({ code: 'executor_unavailable', message: expect.stringContaining(why) }),
  );
});

it('knows the whole id of an image from a name', () => {
  expect(imageId(SHA)).toBe(SHA);
  expect(imageId(SHA.slice('sha256:'.length))).toBe(SHA);
  expect([imageId('deadbeef'), imageId('sha256:1'), imageId(`ruby@${SHA}`)]).toEqual([null, null, null]);
});
