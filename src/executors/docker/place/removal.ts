import { describeError, Failure } from '../../../base/index.ts';

/** Of several things: each is tried, whatever becomes of the others. */
export interface Removal {
  attempt(action: () => Promise<unknown>): Promise<void>;
  /** The engine has not answered: another time it may. */
  readonly wasAway: boolean;
  /** @throws Failure `place_left` that names what could not be removed */
  finish(): void;
}

export function createRemoval(): Removal {
  const left: string[] = [];
  let wasAway = false;
  return {
    get wasAway() {
      return wasAway;
    },
    async attempt(action) {
      await action().catch((error: unknown) => {
        if (!(error instanceof Failure)) throw error;
        wasAway ||= error.code === 'engine_unreachable';
        left.push(describeError(error));
      });
    },
    finish() {
      if (left.length > 0) throw new Failure('place_left', `not all of the job could be removed: ${left.join('; ')}`);
    },
  };
}
