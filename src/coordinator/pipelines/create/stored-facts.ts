import type { PipelineFacts, ServerFacts } from '../../../payload/index.ts';
import type { PipelineRecord } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';

/** What a pipeline remembers of commit and project as they were when it was made: the column `facts`. */
export interface StoredFacts {
  readonly commit: StoredCommit;
  /** Empty: none, or the pipeline is not of a tag. */
  readonly tagMessage: string;
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
  | 'projectId'
  | 'sha'
  | 'beforeSha'
  | 'ref'
  | 'isTag'
  | 'isProtected'
  | 'source'
  | 'name'
  | 'createdAt'
  | 'parentPipelineId'
  | 'parentJobId'
>;

/** For predefined variables. */
export function pipelineFactsOf(
  record: FactsRecord,
  facts: StoredFacts,
  server: Pick<Parts, 'base' | 'version'>,
): PipelineFacts {
  const { commit, tagMessage, project, configPath } = facts;
  const { parentPipelineId, parentJobId } = record;
  const { authorName, authorEmail, committedAt, message, title } = commit;
  const author = `${authorName} <${authorEmail}>`;
  return {
    server: serverFacts(server),
    project,
    commit: { sha: record.sha, beforeSha: record.beforeSha, message, title, author, timestamp: committedAt },
    ref: { name: record.ref, kind: record.isTag ? 'tag' : 'branch', isProtected: record.isProtected, tagMessage },
    mergeRequest: null,
    upstream:
      parentPipelineId === null || parentJobId === null
        ? null
        : { projectId: record.projectId, pipelineId: parentPipelineId, jobId: parentJobId },
    name: record.name,
    source: record.source,
    configPath,
    createdAt: record.createdAt,
  };
}

function serverFacts({ base, version }: Pick<Parts, 'base' | 'version'>): ServerFacts {
  const { protocol, hostname, port } = new URL(base);
  const name = protocol === 'https:' ? 'https' : 'http';
  return { protocol: name, host: hostname, port: port || (name === 'https' ? '443' : '80'), version };
}
