const lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()];
let next = 0;

/** Of tests that run beside each other. More at once would all die where one of them has died already. */
export async function twoAtATime<T>(act: () => Promise<T>): Promise<T> {
  const lane = next++ % lanes.length;
  const turn = lanes[lane]?.then(act, act) ?? act();
  lanes[lane] = turn.catch(() => undefined);
  return await turn;
}
