import { address } from '../router/address.ts';
import { settingsViews } from './settings-views.ts';
import './lists.css';

/** From one view of a project's settings to the others; those that one may not look at are not there. */
export function SettingsNav({ project }: { readonly project: string }) {
  const { path } = address.value;
  return (
    <nav aria-label="Settings">
      <ul class="plain views">
        {settingsViews().map(({ to, word }) => (
          <li key={to}>
            <a href={`/${project}/-/${to}`} aria-current={path.endsWith(`/-/${to}`) ? 'page' : undefined}>
              {word}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
