import { parse } from 'smol-toml';
import { expect, it } from 'vitest';
import { appendEntry, changeEntry, removeEntry } from './edit-config.ts';

const FILE = `# ours
concurrent = 2 # two

# the first
[[runners]]
  name = "one" # here
  token = "t1"
  [runners.cache]
    Type = "s3"

# the second
[[runners]]
  token = "t2"
  pre_build_script = """
[[runners]]
echo it says so
"""

[session_server]
  listen_address = "x"
`;

it('adds an entry at the end and touches nothing else', () => {
  const text = appendEntry(FILE, { name: 'three', token: 't3', cleanup: { quarantine_after: 1 } });
  expect(text.startsWith(FILE)).toBe(true);
  expect(parse(text)).toMatchObject({ runners: [{ token: 't1' }, { token: 't2' }, { name: 'three', token: 't3' }] });
  expect(parse(appendEntry('', { name: 'x' }))).toEqual({ runners: [{ name: 'x' }] });
  expect(appendEntry('concurrent = 1', { name: 'x' })).toMatch(/^concurrent = 1\n\n\[\[runners\]\]\nname = "x"\n$/);
});

it('removes an entry with its tables, and leaves the remarks of others', () => {
  const text = removeEntry(FILE, 0);
  expect(text).toBe(FILE.replace(/\[\[runners\]\]\n {2}name[\s\S]*?s3"\n\n/, ''));
  expect(text).toContain('# the second');
  expect(parse(text)).toMatchObject({ concurrent: 2, runners: [{ token: 't2' }], session_server: {} });
});

it('changes and adds keys of one entry', () => {
  const text = changeEntry(FILE, 0, { token: 'new', token_expires_at: new Date('2026-01-02T03:04:05Z') });
  expect(text).toContain('  name = "one" # here\n  token = "new"\n');
  expect(text).toContain('# the second');
  expect(parse(text)).toMatchObject({
    runners: [{ name: 'one', token: 'new', cache: { Type: 's3' } }, { token: 't2' }],
  });
  expect(parse(changeEntry(text, 0, { token_expires_at: undefined }))).toMatchObject({
    runners: [{ token: 'new' }, {}],
  });
  expect(changeEntry(text, 0, { token_expires_at: undefined })).not.toContain('token_expires_at');
});

it('writes the file anew, without remarks, where lines do not show how it is made', () => {
  // Inside of a text stands what looks like a header.
  const text = `[[runners]]\ntoken = "a"\nx = """\n[[runners]]\n"""\n[[runners]]\ntoken = "b"\n`;
  expect(parse(removeEntry(text, 1))).toEqual({ runners: [{ token: 'a', x: '[[runners]]\n' }] });
  expect(parse(changeEntry(text, 1, { token: 'c' }))).toMatchObject({ runners: [{ token: 'a' }, { token: 'c' }] });
  const inline = 'runners = [{ token = "a" }, { token = "b" }]\n';
  expect(parse(removeEntry(inline, 0))).toEqual({ runners: [{ token: 'b' }] });
  expect(parse(appendEntry(inline, { token: 'c' }))).toMatchObject({ runners: [{}, {}, { token: 'c' }] });
});

it('names the line of a file that is no TOML', () => {
  expect(() => appendEntry('a = 1\nb = = 2\n', {})).toThrow(/^line 2: /);
});
