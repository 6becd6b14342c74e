/** The log viewer: `openLog` for what is known and held of a log, `LogView` for what is seen of it. */
export type { LinesAnswer, LogSource, SearchAnswer } from './lines/answers.ts';
export { type Log, openLog } from './lines/open-log.ts';
export { readLineAddress } from './place/line-address.ts';
export { LogView } from './view/log-view.tsx';
