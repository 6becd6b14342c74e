import { conclude } from '../deliver/conclude.ts';
import { createFrames, type Frames } from '../deliver/frames.ts';
import { unpackProgram } from '../deliver/unpack-program.ts';
import type { RemoteFilesOptions } from '../remote-files-options.ts';
import { openTalk } from '../talk.ts';
import { createTarWriter, type OutgoingEntry, type TarWriter } from '../tar/write-tar.ts';
import type { Turns } from '../turns.ts';
import { isAtTop } from './tree-entries.ts';
import { MOVE_UP } from './tree-programs.ts';

/** `tar -o` gives all to who unpacks it. */
const NOBODY = { uid: 0, gid: 0 };
/** No other process there has the same number at the same time. */
const MAKE_STAGE = `into=$into/.epilogue-$$
mkdir "$into" || exit
`;

export interface Sending {
  /** Adds all entries. @returns directories that are to be read-only at last, the deepest first */
  readonly fill: (tar: TarWriter) => Promise<readonly OutgoingEntry[]>;
  readonly turns: Turns;
  readonly signal: AbortSignal;
}

/** Unpacked by the image's `tar`, as its user. @throws Failure as `conclude` */
export async function sendByExec(options: RemoteFilesOptions, { fill, turns, signal }: Sending): Promise<void> {
  const after = `cd .. || exit${MOVE_UP}`;
  const program = (): string => unpackProgram({ into: options.projectDir, turns, before: MAKE_STAGE, after });
  const talk = await openTalk(options, { what: 'deliver-tree', program, as: 'user', signal });
  try {
    const frames = createFrames(talk);
    await conclude(talk, [], async () => {
      const tar = createTarWriter(frames.write, NOBODY);
      const readOnly = await fill(tar);
      await tar.end();
      await frames.say('end');
      setModes(
        frames,
        readOnly.filter((entry) => !isAtTop(entry)),
      );
      await frames.say('x');
      setModes(frames, readOnly.filter(isAtTop));
      await frames.say('done');
    });
  } finally {
    talk.close();
  }
}

function setModes(frames: Frames, directories: readonly OutgoingEntry[]): void {
  for (const { name, mode } of directories) {
    frames.ask('m', mode.toString(8));
    frames.ask('m', Buffer.from(name, 'latin1').toString());
  }
}
