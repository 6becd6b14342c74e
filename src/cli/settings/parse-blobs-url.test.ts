import { expect, it } from 'vitest';
import { parseBlobsUrl } from './parse-blobs-url.ts';

it('reads an address of Amazon’s store, and of another one', () => {
  expect(parseBlobsUrl('s3://ci')).toEqual({ bucket: 'ci', region: 'us-east-1', pathStyle: false });
  expect(parseBlobsUrl('s3://ci/a/b/?region=eu-central-1&endpoint=http://10.0.0.1:9000')).toEqual({
    bucket: 'ci',
    region: 'eu-central-1',
    endpoint: 'http://10.0.0.1:9000',
    pathStyle: true,
    prefix: 'a/b/',
  });
});

it.each([
  ['https://ci', 'Write s3://'],
  ['s3:///a', 'Write s3://'],
  ['s3://key:secret@ci', 'No keys in an address'],
  ['s3://ci?secret=x', 'There is no parameter secret'],
  ['s3://ci?endpoint=file:///x', 'The endpoint is an address'],
  ['s3://ci?path-style=yes', 'path-style is true or false'],
])('says what is wrong with %s', (text, words) => {
  expect(parseBlobsUrl(text)).toContain(words);
});
