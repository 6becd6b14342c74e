import { Failure } from '../../base/index.ts';

/** @throws Failure `path_refused` unless the path is relative, in its shortest form and free of `..`. */
export function checkPath(path: string): void {
  const segments = path.split('/');
  if (path.includes('\0') || segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw new Failure('path_refused', `${JSON.stringify(path)} is not a path inside the project directory`);
  }
}
