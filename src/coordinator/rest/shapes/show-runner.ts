import type { ManagerRecord, RunnerRecord } from '../../../store/index.ts';
import type { BriefManager, BriefRunner } from '../schemas/runner.ts';
import { instant } from './show-common.ts';

const ONLINE_MS = 2 * 3_600_000;
const STALE_MS = 7 * 86_400_000;

/** By when it was heard of last, with GitLab's limits. */
function contactStatus(contactedAt: number | null, now: number): BriefRunner['status'] {
  if (contactedAt === null) return 'never_contacted';
  if (now - contactedAt < ONLINE_MS) return 'online';
  return now - contactedAt < STALE_MS ? 'offline' : 'stale';
}

export function showRunner(runner: RunnerRecord, manager: ManagerRecord | undefined, now: number): BriefRunner {
  const status = contactStatus(runner.contactedAt, now);
  return {
    id: runner.id,
    description: runner.description,
    ip_address: manager?.ip ?? null,
    active: !runner.isPaused,
    paused: runner.isPaused,
    is_shared: runner.kind === 'instance',
    runner_type: runner.kind === 'instance' ? 'instance_type' : 'project_type',
    name: manager?.info.name ?? null,
    online: status === 'online',
    status,
  };
}

export function showManager(manager: ManagerRecord, now: number): BriefManager {
  const { version, revision, platform, architecture } = manager.info;
  return {
    id: manager.id,
    system_id: manager.systemId,
    version,
    revision,
    platform,
    architecture,
    created_at: instant(manager.createdAt),
    contacted_at: instant(manager.contactedAt),
    ip_address: manager.ip,
    status: contactStatus(manager.contactedAt, now),
  };
}
