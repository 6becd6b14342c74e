import type { ArtifactFormat, PayloadArtifact, PlannedJob } from '../protocol/index.ts';

/** Of reports that are not sent compressed. Source: GitLab's artifact types. */
const FORMATS: Readonly<Record<string, ArtifactFormat>> = {
  lsif: 'zip',
  accessibility: 'raw',
  api_fuzzing: 'raw',
  browser_performance: 'raw',
  codequality: 'raw',
  container_scanning: 'raw',
  coverage_fuzzing: 'raw',
  dast: 'raw',
  dependency_scanning: 'raw',
  license_scanning: 'raw',
  load_performance: 'raw',
  requirements: 'raw',
  sast: 'raw',
  secret_detection: 'raw',
  terraform: 'raw',
};

/** One upload for the archive, one for each report. */
export function payloadArtifacts(job: PlannedJob): PayloadArtifact[] | null {
  const { artifacts } = job;
  if (artifacts === null) return null;
  const { paths, untracked, exclude, when } = artifacts;
  const common = { exclude, expire_in: artifacts.expireIn };
  const archive: PayloadArtifact = {
    ...common,
    name: artifacts.name ?? 'artifacts',
    untracked,
    paths,
    when,
    artifact_type: 'archive',
    artifact_format: 'zip',
  };
  const reports = Object.entries(artifacts.reports).map(
    ([type, reportPaths]): PayloadArtifact => ({
      ...common,
      name: type === 'dotenv' ? '.env' : type,
      untracked: false,
      paths: reportPaths,
      when: 'always',
      artifact_type: type,
      artifact_format: FORMATS[type] ?? 'gzip',
    }),
  );
  return paths.length > 0 || untracked ? [archive, ...reports] : reports;
}
