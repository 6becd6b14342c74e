import type { ProjectForPipelines } from '../../../store/index.ts';

/** Whether a rule of the project protects the branch or tag; `*` in a rule stands for any text. */
export function isProtectedRef(
  { protectedRefs }: Pick<ProjectForPipelines, 'protectedRefs'>,
  { name, kind }: { readonly name: string; readonly kind: 'branch' | 'tag' },
): boolean {
  return protectedRefs.some((rule) => rule.kind === kind && fitsPattern(name, rule.pattern));
}

/** `*` stands for any text, everything else for itself. */
export function fitsPattern(text: string, pattern: string): boolean {
  if (!pattern.includes('*')) return text === pattern;
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
