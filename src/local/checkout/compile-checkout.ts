import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { errorCode, Failure, readRegularFile } from '../../base/index.ts';
import {
  type CompileContext,
  type CompileRef,
  type CompileResult,
  type CompileSource,
  childInputs,
  childSource,
} from '../../compile/index.ts';
import {
  type Checkout,
  changedFiles,
  findTopLevel,
  isRefName,
  kindOfRef,
  listFiles,
  readCheckout,
  startGitWith,
} from '../../git/index.ts';
import { type PayloadFacts, predefinedVariables } from '../../payload/index.ts';
import { type PlannedJob, plainVariable } from '../../protocol/index.ts';
import { compileWithRefs } from './compile-with-refs.ts';
import { PROJECT_ID, pipelineFacts } from './pipeline-facts.ts';
import { givenVariables, triggerVariables } from './trigger-variables.ts';

export interface CheckoutRequest {
  /** The checkout's top directory, from `findCheckout`. */
  readonly checkout: string;
  /** The CI file, from the top of the checkout; null: the nearest `.gitlab-ci.yml` from `directory` up to the top. */
  readonly file: string | null;
  /** Where the user stands, in the checkout. */
  readonly directory: string;
  /** `CI_PIPELINE_SOURCE`. */
  readonly event: string;
  /** The branch or tag that the pipeline is for, also as `refs/heads/…` or `refs/tags/…`; null: what is checked out. */
  readonly ref: string | null;
  /** They win over those of the file. */
  readonly variables: Readonly<Record<string, string>>;
  /** Values of `variables` that no log may show. */
  readonly secrets: ReadonlySet<string>;
  /** Jobs run straight on this machine, whatever image they name. */
  readonly ignoresImages: boolean;
  /** UTC ms. */
  readonly now: number;
}

export interface CompiledPipeline {
  readonly result: CompileResult;
  /** For the payloads of the plan's jobs. */
  readonly facts: PayloadFacts;
  /** Compiles the pipeline that a trigger job starts. */
  compileChild(job: PlannedJob): Promise<CompiledPipeline>;
}

export interface CompiledCheckout extends CompiledPipeline {
  readonly checkout: string;
  readonly file: string;
}

export const DEFAULT_CI_FILE = '.gitlab-ci.yml';
/** Characters; shorter ones are not masked. */
const MASKED_LENGTH = 8;

/**
 * The top directory of the checkout that `directory` lies in. `environment` is this process's own: git is started with it.
 * @throws Failure when there is none.
 */
export function findCheckout(
  directory: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  startGitWith(environment);
  return findTopLevel(directory);
}

/**
 * Compiles the CI file of a checkout, as its working tree is.
 * @throws Failure when git or the file cannot be read; what is wrong inside the file are problems of the result.
 */
export async function compileCheckout(request: CheckoutRequest): Promise<CompiledCheckout> {
  const [checkout, files] = await Promise.all([readCheckout(request.checkout), listFiles(request.checkout)]);
  const ref = await pipelineRef(checkout, request);
  const configPath = request.file ?? nearestCiFile(request);
  const predefined = predefinedVariables(pipelineFacts(checkout, ref, { configPath, now: request.now }));
  const context: CompileContext = {
    read: (path) => readProjectFile(checkout.topLevel, path),
    files: () => files,
    changes: await pipelineChanges(checkout, ref),
    predefined,
    variables: request.variables,
    ref,
    ignoresImages: request.ignoresImages,
  };
  const origin = { checkout, secrets: request.secrets };
  const pipeline = await compilePipeline(readSource(checkout.topLevel, configPath), context, origin);
  return { ...pipeline, checkout: checkout.topLevel, file: configPath };
}

/** What a pipeline and its children have in common. */
interface Origin {
  readonly checkout: Checkout;
  readonly secrets: ReadonlySet<string>;
}

async function compilePipeline(
  source: CompileSource,
  context: CompileContext,
  origin: Origin,
): Promise<CompiledPipeline> {
  return {
    result: await compileWithRefs(source, context, origin.checkout),
    facts: payloadFacts(origin, context),
    compileChild: (job) => compilePipeline(sourceOfChild(job, context), childContext(job, context), origin),
  };
}

async function pipelineRef(checkout: Checkout, { ref, event }: CheckoutRequest): Promise<CompileRef> {
  const given = /^refs\/(heads|tags)\/(.+)$/.exec(ref ?? '');
  if (ref !== null && !isRefName(given?.[2] ?? ref))
    throw new Failure('bad_ref', `no branch or tag can be called '${ref}'`);
  const kind = given?.[1] ?? (ref === null ? checkout.ref.kind : await kindOfRef(checkout.topLevel, ref));
  const isTag = kind === 'tag' || kind === 'tags';
  const isMergeRequest = event === 'merge_request_event';
  return {
    name: given?.[2] ?? ref ?? checkout.ref.name,
    kind: isMergeRequest ? 'merge_request' : isTag ? 'tag' : 'branch',
    source: event,
    projectPath: checkout.project.path,
  };
}

/** Only a push to a branch and a merge request are about certain files; everything else counts as if all had changed. */
async function pipelineChanges(checkout: Checkout, ref: CompileRef): Promise<readonly string[] | null> {
  const isPush = ref.source === 'push' && ref.kind === 'branch';
  return isPush || ref.kind === 'merge_request' ? changedFiles(checkout) : null;
}

function payloadFacts({ checkout, secrets }: Origin, context: CompileContext): PayloadFacts {
  const { ref, predefined } = context;
  const { project, sha, beforeSha } = checkout;
  // A trigger job may have built one around a secret that the child itself does not have.
  const telling = [...secrets].filter((secret) => secret.length >= MASKED_LENGTH);
  const isSecret = (value: string) => secrets.has(value) || telling.some((secret) => value.includes(secret));
  return {
    project: { id: PROJECT_ID, name: project.name, path: project.path },
    git: { ref: ref.name, refType: ref.kind === 'tag' ? 'tag' : 'branch', sha, beforeSha },
    predefined: Object.entries(predefined).map(([key, value]) => plainVariable(key, value, { raw: true })),
    given: givenVariables(context).map((variable) => ({ ...variable, masked: isSecret(variable.value) })),
  };
}

/** A single file is the child's own; several, and one that cannot be read, are joined by a file that includes them. */
function sourceOfChild(job: PlannedJob, context: CompileContext): CompileSource {
  const { path, joined } = childSource(job);
  const text = path === null ? null : context.read(path);
  return path === null || text === null ? joined : { file: path, text };
}

function childContext(job: PlannedJob, context: CompileContext): CompileContext {
  const source = 'parent_pipeline';
  const handedOn = triggerVariables(job, context);
  return {
    ...context,
    predefined: { ...context.predefined, CI_PIPELINE_SOURCE: source },
    variables: handedOn.values,
    rawVariables: handedOn.raw,
    inputs: childInputs(job.trigger),
    ref: { ...context.ref, source },
  };
}

/** As with a CI file path set in GitLab, jobs still start at the top of the checkout, and includes are read from there. */
function nearestCiFile({ checkout, directory }: CheckoutRequest): string {
  const top = realpathSync(checkout);
  for (let place = realpathSync(directory); place.startsWith(top + sep); place = dirname(place)) {
    const path = join(place, DEFAULT_CI_FILE);
    if (existsSync(path)) return relative(top, path).split(sep).join('/');
  }
  return DEFAULT_CI_FILE;
}

function readSource(topLevel: string, file: string): CompileSource {
  const text = readProjectFile(topLevel, file);
  if (text !== null) return { file, text };
  const isDirectory = statSync(join(topLevel, file), { throwIfNoEntry: false })?.isDirectory() ?? false;
  throw new Failure(
    'no_ci_file',
    isDirectory ? `${file} in ${topLevel} is a directory` : `there is no ${file} in ${topLevel}`,
  );
}

/** Null when there is no such file in the checkout, also when a link leads out of it: what runs is what was checked out. */
function readProjectFile(topLevel: string, path: string): string | null {
  try {
    const real = realpathSync(join(topLevel, path));
    const inside = relative(realpathSync(topLevel), real);
    if (inside === '..' || inside.startsWith(`..${sep}`)) return null;
    return readRegularFile(real).toString();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'ELOOP') return null;
    throw new Failure('ci_file_unreadable', `cannot read ${path} (${code})`, { cause: error });
  }
}
