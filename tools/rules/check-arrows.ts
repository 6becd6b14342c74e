import { arrows, isTest, placeOf, pureModules, pureRooms } from './rooms.ts';
import type { Finding, Import, SourceFile } from './source-file.ts';

/** Each import stands in the table of rooms and enters the other room through its `index.ts`. */
export function checkArrows(files: readonly SourceFile[]): readonly Finding[] {
  const findings: Finding[] = [];
  for (const file of files) {
    for (const imported of file.imports) {
      const message = refusal(file.path, imported);
      if (message !== null) findings.push({ path: file.path, line: imported.line, level: 'error', message });
    }
    if (placeOf(file.path) === null) {
      const message = `stands in no room; the rooms are ${Object.keys(arrows).join(', ')} (tools/rules/rooms.ts)`;
      findings.push({ path: file.path, line: 1, level: 'error', message });
    }
  }
  return findings;
}

/** Why an import is refused, or null. */
function refusal(path: string, { specifier, target, isType }: Import): string | null {
  const from = placeOf(path);
  if (target === null) return refuseImpure(path, specifier);
  const to = placeOf(target);
  if (from === null || to === null) return null;
  if (to.kind === 'test' && isTest(path)) return null;
  if (to.kind !== 'room') return from.kind === to.kind ? null : `imports ${target}; nothing imports ${to.kind}`;
  if (from.kind === 'test' || from.kind === 'tools') return null;
  if (from.kind === 'room') {
    if (from.room === to.room) return null;
    if (!arrows[from.room]?.includes(to.room)) return `${from.room} must not import ${to.room} (${specifier})`;
    // What runs in a browser is built apart: a value would bring the coordinator's code there.
    if (from.room === 'web' && !isType)
      return `web imports types alone of ${to.room}: write \`import type\` (${specifier})`;
  }
  if (target !== `src/${to.room}/index.ts`) return `imports ${target}; the room's face is src/${to.room}/index.ts`;
  return null;
}

function refuseImpure(path: string, specifier: string): string | null {
  const place = placeOf(path);
  if (place?.kind !== 'room' || !pureRooms.has(place.room) || isTest(path)) return null;
  if (!specifier.startsWith('node:') || pureModules.has(specifier)) return null;
  return `${place.room} is pure and must not import ${specifier}; pass what it needs in`;
}
