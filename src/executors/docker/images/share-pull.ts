import { Failure, onAbort } from '../../../base/index.ts';
import type { Engine } from '../engine/engine.ts';
import { type Pull, pullImage } from './pull-image.ts';
import { engineNameOf } from './references.ts';

/** One pull that several jobs wait for. It ends early when the last of them has gone. */
interface SharedPull {
  readonly result: Promise<void>;
  readonly abandon: AbortController;
  /** What is said of it goes to each. */
  readonly waiting: Set<Pull['say']>;
}

const running = new WeakMap<Engine, Map<string, SharedPull>>();

/**
 * As `pullImage`; who asks for what is being pulled waits for that. Logins are part of what is asked for: nobody gets an image by another job's.
 * Each can be canceled by itself.
 */
export async function sharePull(pull: Pull): Promise<void> {
  const { engine, say, signal } = pull;
  if (signal.aborted) throw canceled();
  const ofEngine = running.get(engine) ?? new Map<string, SharedPull>();
  running.set(engine, ofEngine);
  const key = JSON.stringify([engineNameOf(pull.reference), pull.platform, pull.auth]);
  const shared = ofEngine.get(key) ?? begin(pull, key, ofEngine);
  // Two that say it with the same function are two.
  const tell: Pull['say'] = (text) => say(text);
  shared.waiting.add(tell);
  const { promise: gone, reject } = Promise.withResolvers<never>();
  const forget = onAbort(signal, () => reject(canceled()));
  try {
    await Promise.race([shared.result, gone]);
  } finally {
    forget();
    shared.waiting.delete(tell);
    if (shared.waiting.size === 0) {
      // Who comes now begins anew: this one may be ending already.
      if (ofEngine.get(key) === shared) ofEngine.delete(key);
      shared.abandon.abort();
    }
  }
}

function begin(pull: Pull, key: string, ofEngine: Map<string, SharedPull>): SharedPull {
  const abandon = new AbortController();
  const waiting = new Set<Pull['say']>();
  const say: Pull['say'] = (text) => {
    for (const tell of waiting) tell(text);
  };
  const result = pullImage({ ...pull, say, signal: abandon.signal });
  const shared = { result, abandon, waiting };
  const end = (): void => {
    if (ofEngine.get(key) === shared) ofEngine.delete(key);
  };
  result.then(end, end);
  ofEngine.set(key, shared);
  return shared;
}

function canceled(): Failure {
  return new Failure('canceled', 'the image was not waited for: canceled');
}
