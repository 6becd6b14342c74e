import { type Clock, describeError, Failure } from '../../../base/index.ts';
import { type Engine, EngineRefusal } from '../engine/engine.ts';
import type { PullPolicy } from '../settings.ts';
import { type CredentialSources, findCredentials } from './credentials/find-credentials.ts';
import { digestOf, inspectImage, isOfPlatform, type LocalImage, type ProvidedImage } from './inspect-image.ts';
import { engineNameOf, type ImageReference, imageId, parseReference } from './references.ts';
import { sharePull } from './share-pull.ts';

export interface WantedImage {
  readonly engine: Engine;
  readonly clock: Pick<Clock, 'sleep' | 'monotonic'>;
  /** As it is written, variables expanded. */
  readonly name: string;
  /** One after the other until one works; not empty. */
  readonly policies: readonly PullPolicy[];
  readonly credentials: CredentialSources;
  /** `linux/arm64`; null, empty: whatever the engine takes. */
  readonly platform: string | null;
  /** Gets lines for the job's log, without an end of line. */
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Sees to it that the engine has an image. May be called at once for many jobs, and again.
 * @throws Failure `executor_unavailable` with image, policies and the engine's words; `canceled`
 */
export async function provideImage(wanted: WantedImage): Promise<ProvidedImage> {
  const { name, policies, say, signal } = wanted;
  const reference = imageId(name) === null ? parseReference(name) : null;
  say(`Using effective pull policy of [${policies.join(' ')}] for container ${name}`);
  let words = 'there is no pull policy';
  for (const [index, policy] of policies.entries()) {
    if (index > 0) say(`Attempt #${index + 1}: Trying "${policy}" pull policy`);
    try {
      const image = await provideBy(policy, reference, wanted);
      const digest = digestOf(image, reference);
      say(`Using docker image ${image.id} for ${name} ${digest === null ? '' : `with digest ${digest} `}...`);
      return { id: image.id, config: image.config };
    } catch (error) {
      if (signal.aborted) throw new Failure('canceled', `image "${name}" was not waited for`, { cause: error });
      if (!(error instanceof Failure)) throw error;
      // It has been waited for long enough, and no other policy does without it.
      if (error.code === 'engine_unreachable')
        throw new Failure('executor_unavailable', error.message, { cause: error });
      words = error instanceof EngineRefusal ? error.words : describeError(error);
      say(`WARNING: Failed to pull image with policy "${policy}": ${words}`);
    }
  }
  throw new Failure(
    'executor_unavailable',
    `failed to pull image "${name}" with specified policies [${policies.join(' ')}]: ${words}`,
  );
}

async function provideBy(
  policy: PullPolicy,
  reference: ImageReference | null,
  wanted: WantedImage,
): Promise<LocalImage> {
  // What is named by its id is in no registry.
  if (reference === null) return orThrow(await lookFor(null, wanted));
  if (policy !== 'always') {
    const local = await lookFor(reference, wanted);
    if (policy === 'never') return orThrow(local);
    if (!(local instanceof Failure)) {
      wanted.say(`Using locally found image version due to "${policy}" pull policy`);
      return local;
    }
  }
  await pull(reference, wanted);
  return orThrow(await lookFor(reference, wanted));
}

function orThrow(image: LocalImage | Failure): LocalImage {
  if (image instanceof Failure) throw image;
  return image;
}

/** A Failure: why what the engine has is not it. */
async function lookFor(
  reference: ImageReference | null,
  { engine, name, platform, signal }: WantedImage,
): Promise<LocalImage | Failure> {
  const image = await inspectImage(
    engine,
    reference === null ? (imageId(name) ?? name) : engineNameOf(reference),
    signal,
  );
  if (image === null) return new Failure('no_such_image', `No such image: ${name}`);
  if (!platform || isOfPlatform(image, platform)) return image;
  return new Failure('no_such_image', `image with reference ${name} is for ${image.platform}, not for ${platform}`);
}

async function pull(reference: ImageReference, wanted: WantedImage): Promise<void> {
  const { engine, clock, name, platform, say, signal } = wanted;
  const found = await findCredentials(reference, wanted.credentials, { say, signal });
  if (found !== null) say(`Authenticating with credentials from ${found.source}`);
  say(`Pulling docker image ${name} ...`);
  await sharePull({ engine, clock, reference, platform: platform || null, auth: found?.header ?? null, say, signal });
}
