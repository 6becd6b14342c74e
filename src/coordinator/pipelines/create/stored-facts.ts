import type { PipelineFacts, ServerFacts } from '../../../payload/index.ts';
import type { PipelineRecord } from '../../../store/index.ts';

/** What a pipeline remembers of commit and project as they were when it was made: the column `facts`. */
export interface StoredFacts {
  readonly commit: StoredCommit;
  readonly project: PipelineFacts['project'];
  /** Of the CI file, or what stands for one in a child pipeline. */
  readonly configPath: string;
  /** Pipelines above this one; 0: it is nobody's child. */
  readonly depth: number;
  /** UTC ms; when the first of its line was made. */
  readonly rootCreatedAt: number;
}

export interface StoredCommit {
  readonly message: string;
  readonly title: string;
  readonly authorName: string;
  readonly authorEmail: string;
  /** ISO 8601. */
  readonly authoredAt: string;
  readonly committerName: string;
  readonly committerEmail: string;
  readonly committedAt: string;
  readonly parents: readonly string[];
}

export type FactsRecord = Pick<
  PipelineRecord,
  'sha' | 'beforeSha' | 'ref' | 'isTag' | 'isProtected' | 'source' | 'createdAt'
>;

/** For predefined variables. `base`: address as users see it. */
export function pipelineFactsOf(record: FactsRecord, facts: StoredFacts, base: string): PipelineFacts {
  const { commit, project, configPath } = facts;
  const { authorName, authorEmail, committedAt, message, title } = commit;
  const author = `${authorName} <${authorEmail}>`;
  return {
    server: serverFacts(base),
    project,
    commit: { sha: record.sha, beforeSha: record.beforeSha, message, title, author, timestamp: committedAt },
    ref: { name: record.ref, kind: record.isTag ? 'tag' : 'branch', isProtected: record.isProtected },
    mergeRequest: null,
    source: record.source,
    configPath,
    createdAt: record.createdAt,
  };
}

function serverFacts(base: string): ServerFacts {
  const { protocol, hostname, port } = new URL(base);
  const name = protocol === 'https:' ? 'https' : 'http';
  return { protocol: name, host: hostname, port: port || (name === 'https' ? '443' : '80') };
}
