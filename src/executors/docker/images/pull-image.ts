import type { Readable } from 'node:stream';
import { type Clock, describeError, Failure } from '../../../base/index.ts';
import { type Engine, EngineRefusal } from '../engine/engine.ts';
import { parseObject } from './credentials/docker-config.ts';
import { type ImageReference, repositoryOf } from './references.ts';

export interface Pull {
  readonly engine: Engine;
  readonly clock: Pick<Clock, 'sleep' | 'monotonic'>;
  readonly reference: ImageReference;
  /** `linux/arm64`; null: the engine's own. */
  readonly platform: string | null;
  /** `X-Registry-Auth`; null: without a login. */
  readonly auth: string | null;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** How long an engine may tell nothing of a pull. */
const SILENCE_MS = 5 * 60_000;
/** After each but the last try. */
const PAUSES_MS = [2_000, 10_000] as const;

/**
 * What no second try changes. An engine answers most trouble of a registry with status 500, or in the midst of a stream that began with 200:
 * there is nothing but the words to tell it by.
 */
const FINAL =
  /not found|manifest unknown|no matching manifest|denied|unauthorized|authentication required|no basic auth|does not exist|does not match|unsupported|HTTP 40[134] |no space left|x509|to HTTPS client/i;

/**
 * Pulls it, three times at most where the trouble may pass.
 * @throws Failure `image_not_pulled` with the engine's words, `canceled`, `engine_unreachable`
 */
export async function pullImage(pull: Pull): Promise<void> {
  const { clock, say, signal } = pull;
  for (const pauseMs of PAUSES_MS) {
    try {
      return await pullOnce(pull);
    } catch (error) {
      if (!(error instanceof PassingTrouble)) throw error;
      say(`WARNING: ${error.message}; trying again in ${pauseMs / 1000} s`);
      await clock.sleep(pauseMs, signal);
    }
  }
  return pullOnce(pull);
}

class PassingTrouble extends Failure {
  constructor(words: string) {
    super('image_not_pulled', words);
  }
}

async function pullOnce(pull: Pull): Promise<void> {
  const { clock, signal } = pull;
  if (signal.aborted) throw new Failure('canceled', 'the pull was canceled');
  const silence = watchSilence(clock, signal);
  try {
    const stream = await openPull(pull, silence.signal);
    try {
      for await (const line of linesOf(stream, silence.heard)) refuseErrorLine(line);
    } finally {
      stream.destroy();
    }
  } catch (error) {
    if (signal.aborted) throw new Failure('canceled', 'the pull was canceled', { cause: error });
    if (silence.signal.aborted) {
      throw new Failure('image_not_pulled', `the engine has told nothing of it for ${SILENCE_MS / 60_000} minutes`);
    }
    throw asTrouble(error);
  } finally {
    silence.end();
  }
}

function openPull({ engine, reference, platform, auth }: Pull, signal: AbortSignal): Promise<Readable> {
  return engine.open('POST', '/images/create', {
    query: {
      fromImage: repositoryOf(reference),
      tag: reference.digest ?? reference.tag ?? undefined,
      platform: platform ?? undefined,
    },
    headers: auth === null ? {} : { 'x-registry-auth': auth },
    // The watch is there first: after it, nothing is tried again.
    timeoutMs: 2 * SILENCE_MS,
    signal,
  });
}

function asTrouble(error: unknown): Failure {
  if (error instanceof Failure && !(error instanceof EngineRefusal)) return error;
  // Anything else is a stream that was cut: an engine that is being restarted.
  const words = error instanceof EngineRefusal ? error.words : describeError(error);
  const isFinal = error instanceof EngineRefusal && (error.status < 500 || FINAL.test(words));
  return isFinal ? new Failure('image_not_pulled', words) : new PassingTrouble(words);
}

function refuseErrorLine(line: string): void {
  const { error } = parseObject(line) ?? {};
  if (typeof error !== 'string') return;
  throw FINAL.test(error) ? new Failure('image_not_pulled', error) : new PassingTrouble(error);
}

async function* linesOf(stream: Readable, heard: () => void): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    heard();
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest;
}

interface SilenceWatch {
  /** Aborts with the pull's own, and after too long a silence. */
  readonly signal: AbortSignal;
  readonly heard: () => void;
  readonly end: () => void;
}

function watchSilence(clock: Pull['clock'], signal: AbortSignal): SilenceWatch {
  const silence = new AbortController();
  const over = new AbortController();
  let heardAt = clock.monotonic();
  async function watch(): Promise<void> {
    while (!over.signal.aborted) {
      const leftMs = heardAt + SILENCE_MS - clock.monotonic();
      if (leftMs <= 0) return silence.abort();
      await clock.sleep(leftMs, over.signal);
    }
  }
  void watch();
  return {
    signal: AbortSignal.any([signal, silence.signal]),
    heard: () => {
      heardAt = clock.monotonic();
    },
    end: () => over.abort(),
  };
}
