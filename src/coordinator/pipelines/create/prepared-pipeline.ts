import type { Problem } from '../../../base/index.ts';
import type { Plan, Variable } from '../../../protocol/index.ts';
import type { StoredFacts } from './stored-facts.ts';

/** What a pipeline is made for, whoever asks: a push, the API, a trigger job. */
export interface PipelineOrigin {
  readonly projectId: number;
  readonly ref: string;
  readonly refType: 'branch' | 'tag';
  readonly sha: string;
  readonly beforeSha: string | null;
  readonly source: string;
  readonly userId: number | null;
  /** Given from outside the file; they win over everything in it. */
  readonly given: readonly Variable[];
  /** Values for `spec:inputs` of the file. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly parent: Parent | null;
}

/** Of a child pipeline. */
export interface Parent {
  readonly pipelineId: number;
  readonly jobId: number;
  readonly depth: number;
  readonly rootCreatedAt: number;
  /** The child's file. */
  readonly source: { readonly file: string; readonly text: string } | { readonly path: string };
}

/** Everything that has to be read is read: what is left is one transaction. */
export interface PreparedPipeline {
  readonly origin: PipelineOrigin;
  readonly isProtected: boolean;
  readonly facts: StoredFacts;
  /** Null: the file is invalid, or the pipeline is skipped. */
  readonly plan: Plan | null;
  readonly problems: readonly Problem[];
}

export type Preparation =
  | { readonly kind: 'ready'; readonly prepared: PreparedPipeline }
  | { readonly kind: 'none'; readonly why: string }
  | { readonly kind: 'invalid'; readonly prepared: PreparedPipeline };
