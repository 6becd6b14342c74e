import { type Static, Type } from 'typebox';
import { type AuditEntry, type Db, listAudit } from '../../../store/index.ts';
import { type Answer, type Call, PAGING, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { listed, storePage } from '../listing.ts';
import { answer, ID, INSTANT, KEYSET, nullable, PROJECT_PARAMS } from '../schemas/common.ts';
import { instant } from '../shapes/show-common.ts';

const AUDIT_EVENT = answer({
  id: ID,
  author_id: nullable(ID, 'null: the program itself, or an administrator at the machine'),
  entity_type: Type.Enum(['Project', 'Instance']),
  entity_id: nullable(ID),
  event_name: Type.String(),
  details: answer({
    author_name: Type.String(),
    target_type: Type.String(),
    target_id: Type.String(),
    ip_address: nullable(Type.String()),
    custom: Type.Unknown(),
  }),
  created_at: INSTANT,
});

const QUERY = Type.Object({ ...PAGING, ...KEYSET });
type ListCall = Pick<Call<unknown, Static<typeof QUERY>>, 'query' | 'base' | 'url'>;

/** Who did what, the newest first: the list as GitLab's clients ask for it. */
export function auditRoutes({ store }: Parts): readonly Route[] {
  const common = { method: 'GET', tag: 'audit', query: QUERY, answers: { 200: Type.Array(AUDIT_EVENT) } } as const;
  return [
    route({
      ...common,
      path: '/api/v4/projects/:id/audit_events',
      action: 'audit.read',
      summary: 'Who cancelled, forced, erased, settled or changed what in a project',
      params: Type.Object(PROJECT_PARAMS),
      handle: async (call) => await store.read((db) => list(db, call, call.project.id)),
    }),
    route({
      ...common,
      path: '/api/v4/audit_events',
      action: 'audit.read_all',
      summary: 'Who did what, in all projects and to the instance',
      handle: async (call) => await store.read((db) => list(db, call, null)),
    }),
  ];
}

async function list(db: Db, call: ListCall, projectId: number | null): Promise<Answer> {
  return listed(call, await listAudit(db, projectId, storePage(call.query, 'desc')), null, show);
}

function show(entry: AuditEntry): Static<typeof AUDIT_EVENT> {
  const { id, userId, userName, action, targetKind, targetId, projectId, details, ip, at } = entry;
  return {
    id,
    author_id: userId,
    entity_type: projectId === null ? 'Instance' : 'Project',
    entity_id: projectId,
    event_name: action,
    details: {
      author_name: userName,
      target_type: targetKind,
      target_id: targetId,
      ip_address: ip,
      custom: details ?? null,
    },
    created_at: instant(at),
  };
}
