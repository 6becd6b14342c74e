import type { ProjectFinder, Route } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { changeRoutes } from './change-runners.ts';
import { makeRoutes } from './make-runners.ts';
import { readRoutes } from './read-runners.ts';
import { runnerJobRoutes } from './runner-jobs.ts';

export function runnersRoutes(parts: Parts, projects: ProjectFinder): readonly Route[] {
  return [
    ...makeRoutes(parts, projects),
    ...readRoutes(parts, projects),
    ...runnerJobRoutes(parts, projects),
    ...changeRoutes(parts, projects),
  ];
}
