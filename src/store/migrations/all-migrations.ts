import { people } from './0001/people.ts';
import { pipelines } from './0001/pipelines.ts';
import { work } from './0001/work.ts';
import { lateWords } from './0002.ts';
import { quarantines } from './0003.ts';
import { lineMarks } from './0004.ts';
import { endedCleanups } from './0005.ts';

/** One step of the schema. A step that has landed is never edited: another one follows it. */
export interface Migration {
  readonly number: number;
  /** Statements that end with `;`, in the words of `textFor`. */
  readonly text: string;
}

/** By number, from 1, without a gap. */
export const migrations: readonly Migration[] = [
  { number: 1, text: people + pipelines + work },
  { number: 2, text: lateWords },
  { number: 3, text: quarantines },
  { number: 4, text: lineMarks },
  { number: 5, text: endedCleanups },
];
