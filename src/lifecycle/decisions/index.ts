export { decideRetry } from './decide-retry.ts';
export { bitOf, type Counted, countedAs, isDone, ROLL_UP, type RollUpRule, rollUp } from './roll-up.ts';
export { countedIn, countOf, EMPTY_TALLY, isTallyDone, recount, type Tally } from './tally.ts';
