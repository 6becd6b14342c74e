import { describe, expect, it } from 'vitest';
import { queueOutput } from './output.ts';

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** A reader that takes what it is told to take, when it is told to. */
function slowReader() {
  const taken: Buffer[] = [];
  const wanted: PromiseWithResolvers<void>[] = [];
  return {
    writeSome: async (bytes: Uint8Array) => {
      const turn = Promise.withResolvers<void>();
      wanted.push(turn);
      await turn.promise;
      taken.push(Buffer.from(bytes));
      return bytes.length;
    },
    async takeNext() {
      wanted.shift()?.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
    text: () => Buffer.concat(taken).toString(),
  };
}

const MEGABYTE = Buffer.alloc(1024 * 1024, 'x');

describe('an output', () => {
  it.each([
    ['EPIPE', null],
    ['EIO', null],
    ['ENOSPC', 'ENOSPC'],
  ])('after %s the failure is %s', async (code, failure) => {
    const output = queueOutput(async () => {
      throw systemError(code);
    });
    output.write('word');
    await output.flush();
    expect(output.isUnseen()).toBe(true);
    expect(output.failure()).toBe(failure);
  });

  it('writes everything in order, also when the reader takes it bit by bit', async () => {
    const taken: Buffer[] = [];
    const output = queueOutput(async (bytes) => {
      taken.push(Buffer.from(bytes.subarray(0, 3)));
      return Math.min(3, bytes.length);
    });
    for (const word of ['one ', 'two ', 'three']) output.write(word);
    await output.flush();
    expect(Buffer.concat(taken).toString()).toBe('one two three');
  });

  it('has no room while a megabyte waits for the reader, and says when there is some again', async () => {
    const reader = slowReader();
    const output = queueOutput(reader.writeSome);
    output.write('small');
    expect(output.room()).toBeUndefined();
    output.write(MEGABYTE);
    const room = output.room();
    expect(room).toBeInstanceOf(Promise);
    await reader.takeNext();
    await reader.takeNext();
    await room;
    expect(output.room()).toBeUndefined();
  });

  it.each(['EPIPE', 'EIO'])('drops everything without a word once the reader is gone (%s)', async (code) => {
    let calls = 0;
    const output = queueOutput(() => {
      calls += 1;
      return Promise.reject(systemError(code));
    });
    output.write('lost');
    await output.flush();
    output.write(MEGABYTE);
    output.write(MEGABYTE);
    await output.flush();
    expect(output.room()).toBeUndefined();
    expect(calls).toBe(1);
  });

  it('tries again when a pipe is merely full', async () => {
    let calls = 0;
    const output = queueOutput((bytes) => {
      calls += 1;
      return calls === 1 ? Promise.reject(systemError('EAGAIN')) : Promise.resolve(bytes.length);
    });
    output.write('kept');
    await output.flush();
    expect(calls).toBe(2);
  });

  it('drops everything and lets nobody wait once the reader is given up', async () => {
    const reader = slowReader();
    const output = queueOutput(reader.writeSome);
    output.write(MEGABYTE);
    const room = output.room();
    const flushed = output.flush();
    output.giveUp();
    await room;
    await flushed;
    output.write(MEGABYTE);
    expect(output.room()).toBeUndefined();
    expect(output.takenBytes()).toBe(0);
  });

  it('bounds what it keeps for a reader that stands still', async () => {
    const reader = slowReader();
    const output = queueOutput(reader.writeSome);
    for (let count = 0; count < 40; count += 1) output.write(MEGABYTE);
    await reader.takeNext();
    await reader.takeNext();
    expect(output.takenBytes()).toBeLessThan(20 * MEGABYTE.length);
    expect(reader.text().length).toBe(output.takenBytes());
  });
});
