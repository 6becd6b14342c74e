import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { Failure, quoteWord } from '../../../../base/index.ts';
import { drained } from '../drained.ts';
import { isNoSpace } from '../no-space.ts';
import type { ArchiveSender, RemoteFilesOptions } from '../remote-files-options.ts';
import { isCut } from '../retry.ts';
import { createTarWriter, type TarWriter } from '../tar/write-tar.ts';
import { takeTurn } from '../turns.ts';
import type { Sending } from './send-by-exec.ts';
import { isAtTop } from './tree-entries.ts';
import { makeStageProgram, moveUpProgram } from './tree-programs.ts';

/** Unpacked by the back end, which asks nothing of the image but a shell. @throws Failure as `Reach.send`, `target_unwritable` */
export async function sendByReach(
  options: RemoteFilesOptions,
  archives: ArchiveSender,
  { fill, turns, signal }: Sending,
): Promise<void> {
  const { projectDir } = options;
  const stage = `.epilogue-${randomBytes(6).toString('hex')}`;
  await ask(options, takeTurn(turns, turns.next(), true) + makeStageProgram(projectDir, stage), signal);
  const owner = await archives.owner();
  const stream = new PassThrough({ highWaterMark: 512 * 1024 });
  const write = async (bytes: Buffer): Promise<void> => {
    if (!stream.write(bytes)) await drained(stream);
  };
  const filled = writeAll(createTarWriter(write, owner), fill);
  filled.then(
    () => stream.end(),
    (error: Error) => stream.destroy(error),
  );
  const sent = archives.send(`${projectDir}/${stage}`, stream, signal);
  sent.catch((error: Error) => stream.destroy(error));
  stream.on('error', () => {});
  const [filling, sending] = await Promise.allSettled([filled, sent]);
  // Where the back end takes no more, its words say why.
  if (filling.status === 'rejected' && !isCut(filling.reason)) throw filling.reason;
  if (sending.status === 'rejected') throw sending.reason;
  if (filling.status === 'rejected') throw filling.reason;
  const modes = filling.value.filter(isAtTop).map(({ name, mode }) => {
    return `chmod ${mode.toString(8)} ${quoteWord(`./${Buffer.from(name, 'latin1').toString()}`)}\n`;
  });
  await ask(options, takeTurn(turns, turns.next(), true) + moveUpProgram(projectDir, stage, modes), signal);
}

async function writeAll(tar: TarWriter, fill: Sending['fill']): ReturnType<Sending['fill']> {
  const readOnly = await fill(tar);
  for (const entry of readOnly) if (!isAtTop(entry)) await tar.add(entry);
  await tar.end();
  return readOnly;
}

async function ask({ programs }: RemoteFilesOptions, program: string, signal: AbortSignal): Promise<void> {
  const { code, stderr } = await programs.ask({ what: 'deliver-tree', program, as: 'user', signal });
  if (code === 0) return;
  throw new Failure(isNoSpace(stderr) ? 'no_space' : 'target_unwritable', `the sources cannot be delivered: ${stderr}`);
}
