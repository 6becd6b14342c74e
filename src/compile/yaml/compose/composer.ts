import type { Event } from 'js-yaml';
import type { Problem } from '../../../base/index.ts';
import { LIMITS } from '../../limits.ts';
import { startOfEvent } from '../events.ts';
import { type Reference, UNREADABLE } from '../mapping.ts';
import { type FileDetails, readDetails, type SourceFile } from '../source-map.ts';

/** Where composing stands, and what it has gathered. */
export interface Composer {
  file: SourceFile;
  text: string;
  events: readonly Event[];
  index: number;
  /** Worked out when the first problem wants a position. */
  details: FileDetails | null;
  /** Items of the lists that are open, so that each list can be made in its final size. It never shrinks: V8 would give its store back each time. */
  readonly items: unknown[];
  itemCount: number;
  /** Nodes so far, every alias counted as the whole tree that it stands for. */
  nodes: number;
  anchors: Map<string, Anchor>;
  readonly problems: Problem[];
  hasReferences: boolean;
}

interface Anchor {
  readonly value: unknown;
  readonly nodes: number;
  /** Its node is still being read: an alias to it would make a cycle. */
  readonly isOpen: boolean;
}

type Tagged = { readonly tagStart: number; readonly tagEnd: number };

/** `!!name` for the tags of YAML itself. */
export function tagOf(composer: Composer, event: Tagged): string {
  const tag = composer.text.slice(event.tagStart, event.tagEnd);
  return tag.startsWith('!<tag:yaml.org,2002:') ? `!!${tag.slice('!<tag:yaml.org,2002:'.length, -1)}` : tag;
}

export function reportDuplicate(composer: Composer, key: string, at: number): void {
  report(composer, at, {
    code: 'duplicate-key',
    message: `the key "${key}" stands here a second time; only this one counts`,
    severity: 'warning',
  });
}

export function reportUnknownTag(composer: Composer, event: Tagged, at: number): void {
  const tag = tagOf(composer, event);
  if (tag === '!!seq' || tag === '!!map' || tag === '!' || tag === '!reference') return;
  report(composer, at, {
    code: 'unknown-tag',
    message: `the tag "${tag}" is not known and was ignored`,
    severity: 'warning',
  });
}

/** Where `!reference` stands before anything but a list of names. */
export function badReference(composer: Composer, at: number): Reference {
  report(composer, at, {
    code: 'bad-reference',
    message: '!reference needs a list of names',
    severity: 'error',
    hint: 'such as !reference [.job, script]',
  });
  return UNREADABLE;
}

export function report(composer: Composer, at: number, problem: Problem): void {
  if (composer.problems.length >= LIMITS.problems) return;
  composer.details ??= readDetails(composer.file, composer.events);
  composer.problems.push({ ...problem, ...composer.details.position(startOfEvent(composer, at)) });
}
