import { useEffect, useMemo } from 'preact/hooks';
import { type Log, LogView, openLog, readLineAddress } from '../../log/index.ts';
import { go } from '../../router/address.ts';
import { areKeysOn } from '../../state/keys.ts';
import { type Hear, live } from '../../state/stream.ts';
import { logSourceOf } from './log-source.ts';

interface JobLogProps {
  readonly project: string;
  readonly jobId: number;
  /** The address's fragment, without `#`. */
  readonly hash: string;
}

/** A job's log, live while it grows; the lines themselves come over the stream while the end is in view. */
export function JobLog({ project, jobId, hash }: JobLogProps) {
  const log = useMemo(
    () => openLog(logSourceOf(project, jobId), readLineAddress(hash)?.first ?? null),
    [project, jobId],
  );
  useEffect(() => () => log.close(), [log]);
  const isGrowing = log.extent.value?.growing === true;
  const isFollowing = log.following.value;
  useEffect(() => (isGrowing ? watchLog(log, jobId, isFollowing) : undefined), [log, jobId, isGrowing, isFollowing]);
  return (
    <LogView
      log={log}
      hash={hash}
      rawHref={`/${project}/-/jobs/${jobId}/raw`}
      letters={areKeysOn.value}
      onHash={(next) => go(next, 'replace')}
    />
  );
}

function watchLog(log: Log, jobId: number, isFollowing: boolean): () => void {
  const hear: Hear = (event, data) => {
    if (event === 'log') log.hear(data);
  };
  return live.watch({ name: () => (isFollowing ? `log:${jobId}@${log.tail()}` : `log:${jobId}`), hear });
}
