import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../../base/index.ts';
import { readRegularFile } from '../../../base/index.ts';
import { buildPayload, cacheKey, type PayloadFacts } from '../../../payload/index.ts';
import { type JobPayload, type PayloadDependency, plainVariable, type Variable } from '../../../protocol/index.ts';
import { readDotenvReport } from '../../../runner/index.ts';
import type { RunDirectory } from '../../runs/run-directory.ts';
import type { JobWork } from './job-work.ts';

interface PayloadContext {
  readonly run: RunDirectory;
  readonly clock: Clock;
  readonly facts: PayloadFacts;
}

/** What a coordinator would hand out for this job, made of the checkout and of what the jobs before it left. */
export async function localPayload({ run, clock, facts }: PayloadContext, work: JobWork): Promise<JobPayload> {
  const { id, job, retryCount } = work;
  const keyFile = (path: string) => readKeyFile(join(run.record.checkout, path));
  return buildPayload({
    ...facts,
    id,
    cleanupKey: randomUUID(),
    pipelineId: run.record.id,
    repository: run.record.checkout,
    job: { ...job, cache: job.cache.map((cache) => ({ ...cache, key: cacheKey(cache, keyFile) })) },
    retryCount,
    startedAt: clock.now(),
    dotenv: await dotenvVariables(work),
    dependencies: dependenciesOf(work),
    served: null,
  });
}

/** As the file is now, since a working tree has changes that no commit has. */
function readKeyFile(path: string): Uint8Array | null {
  try {
    return readRegularFile(path);
  } catch {
    return null;
  }
}

function dependenciesOf(work: JobWork): PayloadDependency[] {
  return work.job.dependencies.flatMap((name) => {
    const report = work.reportOf(name);
    const archive = report?.result.artifacts.find((artifact) => artifact.type === 'archive');
    if (report === undefined || archive === undefined) return [];
    const file = { filename: 'artifacts.zip', size: archive.sizeBytes };
    return [{ id: report.id, name, token: '', artifacts_file: file }];
  });
}

async function dotenvVariables(work: JobWork): Promise<Variable[]> {
  const found: Variable[] = [];
  for (const name of work.job.dependencies) {
    const report = work.reportOf(name)?.result.artifacts.find((artifact) => artifact.type === 'dotenv');
    if (report === undefined) continue;
    const dotenv = await readDotenvReport(report.path, AbortSignal.timeout(10_000));
    if (dotenv.ok) found.push(...dotenv.variables.map(({ key, value }) => plainVariable(key, value, { raw: false })));
  }
  return found;
}
