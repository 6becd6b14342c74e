import { may } from '../api/identity.ts';

interface SettingsView {
  /** Behind `/GROUP/PROJECT/-/`. */
  readonly to: string;
  readonly word: string;
  /** Any of these is enough to see something there. */
  readonly actions: readonly Parameters<typeof may>[0][];
}

const VIEWS: readonly SettingsView[] = [
  { to: 'settings/ci_cd', word: 'CI/CD', actions: ['variable.read', 'resource_group.read'] },
  { to: 'project_members', word: 'Members', actions: ['member.read'] },
  { to: 'settings/access_tokens', word: 'Access tokens', actions: ['token.project'] },
  { to: 'audit_events', word: 'Audit events', actions: ['audit.read'] },
];

/** The views of a project's settings, in their order, without those that one may not look at. */
export function settingsViews(): readonly SettingsView[] {
  return VIEWS.filter(({ actions }) => actions.some((action) => may(action)));
}
