export { decideRetry } from './decide-retry.ts';
export { bitOf, type Counted, countedAs, isDone, ROLL_UP, type RollUpRule, rollUp } from './roll-up.ts';
export { countedIn, countOf, isTallyDone, recount, type Tally, tallyOf } from './tally.ts';
