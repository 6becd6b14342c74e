import type { Problem } from '../base/index.ts';
import type { Plan } from '../protocol/index.ts';

/** The file to start from. `file` is its path in the project; problems name it. */
export interface CompileSource {
  readonly file: string;
  readonly text: string;
}

/** What the compiler may know about the world. Everything is handed in: it reads no disk, no clock, no network. */
export interface CompileContext {
  /** Text of a project file (`include:local`), by its path from the root without leading slash; null when there is none. */
  read(path: string): string | null;
  /** Paths of all files of the project, for `exists` and wildcards in `include`. Asked at most once per compile. */
  files(): readonly string[];
  /** Files that this pipeline is about; null: not known, so every `changes` clause holds (as for tags and schedules). */
  readonly changes: readonly string[] | null;
  /** Files changed since the merge base with a ref (`compare_to`), or why that cannot be said. Left out: not known. */
  readonly changesSince?: (ref: string) => readonly string[] | { readonly unknown: string };
  /** Predefined variables that are known before a job runs (`CI_COMMIT_BRANCH`, …). The file's variables win over them. */
  readonly predefined: Readonly<Record<string, string>>;
  /** Variables of whoever starts the pipeline (`--var`). They win over the file's. */
  readonly variables: Readonly<Record<string, string>>;
  /** Names of `variables` whose values jobs take literally (`expand: false` of a trigger job). Left out: none. */
  readonly rawVariables?: ReadonlySet<string>;
  /** Names of `variables` whose values must not come to stand in the open: `expand_vars` refuses them. Left out: none. */
  readonly maskedVariables?: ReadonlySet<string>;
  /** Values for `spec:inputs` of the file. Text may stand for a number, a boolean or, as JSON, a list. Left out: none. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly ref: CompileRef;
  /** Jobs run straight on a machine, where `image` and `services` have no effect. Left out: they run in containers. */
  readonly ignoresImages?: boolean;
}

export interface CompileRef {
  /** Branch or tag name; of a merge request pipeline its source branch. */
  readonly name: string;
  readonly kind: 'branch' | 'tag' | 'merge_request';
  /** `CI_PIPELINE_SOURCE`. */
  readonly source: string;
  readonly projectPath: string;
}

/** Why a job of the file is in the pipeline or not, in the order of the file. */
export interface JobReport {
  readonly name: string;
  readonly stage: string;
  readonly added: boolean;
  /** For people, such as `rule 2: $CI_COMMIT_BRANCH == "main"` or `no rule matched`. */
  readonly reason: string;
}

/** The file after includes, `extends` and `!reference`; root keys and jobs by name. `dumpMerged` prints it. */
export type MergedFile = ReadonlyMap<string, unknown>;

/** One entry of `spec:inputs`, as a form asks for it. */
export interface DeclaredInput {
  readonly name: string;
  readonly type: 'string' | 'number' | 'boolean' | 'array';
  readonly description: string | null;
  /** As written; undefined: none, so that it has to be given. */
  readonly default: unknown;
  /** null: any value. */
  readonly options: readonly unknown[] | null;
}

export interface CompileResult {
  /** null when a problem is an error, and when there is nothing to run (then `filtered` says why). */
  readonly plan: Plan | null;
  /** Every problem that was found, in the order of file and line. */
  readonly problems: readonly Problem[];
  /** The file is fine but makes no pipeline here: `workflow:rules` said no, or no job was added. */
  readonly filtered: string | null;
  /** null when the file could not be read at all. */
  readonly merged: MergedFile | null;
  /** Empty when the file has errors. */
  readonly jobs: readonly JobReport[];
  /** Also when what was given does not fit them. */
  readonly inputs: readonly DeclaredInput[];
}
