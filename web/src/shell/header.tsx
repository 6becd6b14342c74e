import type { PageProject } from '../../generated/routes.ts';
import { identity, may } from '../api/identity.ts';
import { settingsViews } from '../lists/settings-views.ts';
import { Menu } from '../parts/menu.tsx';
import { Name } from '../parts/name.tsx';
import { address } from '../router/address.ts';
import { areKeysShown } from '../state/keys.ts';
import { OwedCount } from './owed-count.tsx';
import { ThemeButton } from './theme-button.tsx';
import { UserMenu } from './user-menu.tsx';

export function Header() {
  const known = identity.value;
  return (
    <header class="header">
      <a class="brand" href="/">
        Epilogue
      </a>
      {known?.project != null && <ProjectNav project={known.project} />}
      <span class="spring" />
      <KeysButton />
      <ThemeButton />
      {known !== null && <UserMenu user={known.user} />}
    </header>
  );
}

function ProjectNav({ project }: { readonly project: PageProject }) {
  const at = `/${project.path_with_namespace}`;
  return (
    <>
      <a class="project" href={at}>
        <Name text={project.path_with_namespace} fit />
      </a>
      <nav aria-label="Project">
        <ul class="plain">
          {LINKS.filter(({ action }) => may(action)).map((link) => (
            <li key={link.to}>
              <ProjectLink at={at} link={link} />
            </li>
          ))}
          <SettingsMenu at={at} />
        </ul>
      </nav>
    </>
  );
}

interface NavLink {
  readonly to: string;
  readonly word: string;
  readonly action: Parameters<typeof may>[0];
}

const LINKS: readonly NavLink[] = [
  { to: 'pipelines', word: 'Pipelines', action: 'pipeline.read' },
  { to: 'jobs', word: 'Jobs', action: 'job.read' },
  { to: 'obligations', word: 'Obligations', action: 'obligation.read' },
  { to: 'runners', word: 'Runners', action: 'runner.read' },
];

function ProjectLink({ at, link: { to, word } }: { readonly at: string; readonly link: Pick<NavLink, 'to' | 'word'> }) {
  const isCurrent = isAt(`${at}/-/${to}`) || (to === 'pipelines' && isOfPipelines(at));
  return (
    <a href={`${at}/-/${to}`} aria-current={isCurrent ? 'page' : undefined}>
      {word}
      {to === 'obligations' && <OwedCount key={at} project={at.slice(1)} />}
    </a>
  );
}

function SettingsMenu({ at }: { readonly at: string }) {
  const links = settingsViews();
  if (links.length === 0) return null;
  const isHere = links.some(({ to }) => isAt(`${at}/-/${to}`));
  return (
    <li class={isHere ? 'here' : undefined}>
      <Menu label="Settings">
        {links.map((link) => (
          <ProjectLink key={link.to} at={at} link={link} />
        ))}
      </Menu>
    </li>
  );
}

/** Keys are not for phones. */
function KeysButton() {
  return (
    <button
      type="button"
      class="bare icon keys"
      aria-label="Keys"
      title="Keys"
      onClick={() => {
        areKeysShown.value = true;
      }}
    >
      ?
    </button>
  );
}

/** The project's own address shows its pipelines, and the CI editor is theirs. */
function isOfPipelines(project: string): boolean {
  return address.value.path === project || isAt(`${project}/-/ci/editor`);
}

function isAt(to: string): boolean {
  const { path } = address.value;
  return path === to || path.startsWith(`${to}/`);
}
