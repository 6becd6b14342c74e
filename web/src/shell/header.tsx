import { identity, may, type PageProject } from '../api/identity.ts';
import { Name } from '../parts/name.tsx';
import { address } from '../router/address.ts';
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
          {linksOf().map(({ to, word }) => (
            <li key={to}>
              <a href={`${at}/-/${to}`} aria-current={isAt(`${at}/-/${to}`) ? 'page' : undefined}>
                {word}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </>
  );
}

interface NavLink {
  readonly to: string;
  readonly word: string;
}

/** What one may not look at is not there. */
function linksOf(): readonly NavLink[] {
  const all: readonly (NavLink & { readonly action: string })[] = [
    { to: 'pipelines', word: 'Pipelines', action: 'pipeline.read' },
    { to: 'jobs', word: 'Jobs', action: 'job.read' },
    { to: 'obligations', word: 'Obligations', action: 'obligation.read' },
    { to: 'runners', word: 'Runners', action: 'runner.read' },
    { to: 'settings/ci_cd', word: 'Settings', action: 'variable.read' },
  ];
  return all.filter(({ action }) => may(action));
}

function isAt(to: string): boolean {
  const { path } = address.value;
  return path === to || path.startsWith(`${to}/`);
}
