import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../base/index.ts';
import { createWatch } from '../process/watch.ts';
import { defaultGitLimits } from './limits.ts';
import { createPacketReader, FLUSH, packet } from './pkt-line.ts';
import { readPushRequest, writePushHeader } from './push-request.ts';

const ONE = '1'.repeat(40);
const TWO = '2'.repeat(40);

async function read(chunks: readonly Uint8Array[]) {
  const watch = createWatch({ what: 'a push', stallMs: 10_000, deadlineMs: 10_000 });
  const source = (async function* () {
    yield* chunks;
  })();
  return readPushRequest(source, watch, defaultGitLimits.push).finally(() => watch.close());
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...chunks, bytes.subarray(at)];
}

const WHOLE = Buffer.concat([
  packet(`shallow ${ONE}\n`),
  packet(`${ONE} ${TWO} refs/heads/ä\0 report-status side-band-64k push-options atomic agent=git/2\n`),
  packet(`${TWO} ${ONE} refs/tags/v1`),
  FLUSH,
  packet('ci.skip'),
  packet(''),
  FLUSH,
  Buffer.from('PACK…'),
]);

describe('what stands before a pack', () => {
  it('is the same however it is cut', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const chunks = cut(WHOLE, lengths);
        const { commands, options, capabilities, rest } = await read(chunks);
        expect(commands.map(({ ref, oldSha, newSha }) => [ref, oldSha, newSha])).toEqual([
          ['refs/heads/ä', ONE, TWO],
          ['refs/tags/v1', TWO, ONE],
        ]);
        expect(options).toEqual(['ci.skip', '']);
        expect(capabilities.has('atomic')).toBe(true);
        expect(Buffer.from('PACK…').subarray(0, rest.length)).toEqual(rest);
      }),
    );
  });

  it('is given to git without what was refused, and always with a report', async () => {
    const request = await read([WHOLE]);
    const header = writePushHeader(request, request.commands.slice(1)).toString();
    expect(header).not.toContain('refs/heads/ä');
    expect(header).toContain(`refs/tags/v1\0report-status side-band-64k push-options atomic agent=git/2`);
    const again = await read([Buffer.from(header)]);
    expect(again.options).toEqual(request.options);
    expect(again.shallow.map(String)).toEqual([`shallow ${ONE}\n`]);
  });

  it('is a bad request when it is anything else', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom('0000', '0001', '0004', 'ffff', '003b', `${ONE} ${TWO} x`, '\0').map((text) => Buffer.from(text)),
      fc.constantFrom('x', `${ONE} ${TWO} refs/heads/a`, `${ONE}  `).map((text) => packet(text)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        const outcome = await read(pieces).catch((error: unknown) => error);
        if (!(outcome instanceof Error)) return;
        expect(outcome).toBeInstanceOf(Failure);
        expect(outcome).toMatchObject({ code: 'bad_request' });
      }),
    );
  });

  it('has a limit in bytes, in commands and in options', async () => {
    const line = packet(`${ONE} ${TWO} refs/heads/a`);
    const tooMany = Array.from({ length: 10_001 }, () => line);
    await expect(read(tooMany)).rejects.toMatchObject({ code: 'bad_request', message: /10000 refs/ });
    const long = packet(`${ONE} ${TWO} refs/heads/${'a'.repeat(65_000)}`);
    await expect(read(Array.from({ length: 100 }, () => long))).rejects.toMatchObject({
      message: /bytes before its pack/,
    });
    const first = packet(`${ONE} ${TWO} refs/heads/a\0push-options`);
    const options = Array.from({ length: 101 }, () => packet('x'));
    await expect(read([first, FLUSH, ...options, FLUSH])).rejects.toMatchObject({ message: /100 options/ });
  });
});

it('a packet reader gives nothing before a packet is whole', () => {
  const reader = createPacketReader();
  reader.push(Buffer.from('000'));
  expect(reader.next()).toBeUndefined();
  reader.push(Buffer.from('6a'));
  expect(reader.next()).toBeUndefined();
  reader.push(Buffer.from('b0000x'));
  expect([reader.next()?.toString(), reader.next(), reader.rest().toString()]).toEqual(['ab', null, 'x']);
});
