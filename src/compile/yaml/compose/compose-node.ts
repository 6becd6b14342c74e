import {
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from 'js-yaml';
import { LIMITS } from '../../limits.ts';
import { scalarText } from '../events.ts';
import { isMapping, type List, type Mapping, MERGED, ORIGIN, Reference, UNREADABLE } from '../mapping.ts';
import { badReference, type Composer, report, reportDuplicate, reportUnknownTag, tagOf } from './composer.ts';
import { resolvePlainScalar, type ScalarValue } from './scalars.ts';

/** Turns the events of one node into a plain value, the composer's index moving behind it. */
export function composeNode(composer: Composer): unknown {
  composer.nodes++;
  const event = composer.events[composer.index] as Event;
  switch (event.type) {
    case EVENT_ID.SCALAR:
      composer.index++;
      return composeScalar(composer, event);
    case EVENT_ID.ALIAS:
      return composeAlias(composer);
    case EVENT_ID.SEQUENCE:
      return anchored(composer, event, composeList);
    default:
      return anchored(composer, event as MappingEvent, composeMapping);
  }
}

function anchored<E extends SequenceEvent | MappingEvent>(
  composer: Composer,
  event: E,
  composeBody: (composer: Composer, event: E) => unknown,
): unknown {
  if (event.anchorStart < 0) return composeBody(composer, event);
  const name = composer.text.slice(event.anchorStart, event.anchorEnd);
  const before = composer.nodes;
  const open = { value: null, nodes: 0, isOpen: true };
  composer.anchors.set(name, open);
  const value = composeBody(composer, event);
  // An anchor of the same name inside came later and counts.
  if (composer.anchors.get(name) !== open) return value;
  composer.anchors.set(name, { value, nodes: composer.nodes - before, isOpen: false });
  return value;
}

function composeList(composer: Composer, event: SequenceEvent): unknown {
  const origin = composer.file.firstEvent + composer.index;
  const start = composer.index++;
  const { items, itemCount: first } = composer;
  while ((composer.events[composer.index] as Event).type !== EVENT_ID.POP) {
    const item = composeNode(composer);
    items[composer.itemCount++] = item;
  }
  composer.index++;
  const list: List = items.slice(first, composer.itemCount);
  composer.itemCount = first;
  list[ORIGIN] = origin;
  if (event.tagStart < 0) return list;
  if (tagOf(composer, event) !== '!reference') {
    reportUnknownTag(composer, event, start);
    return list;
  }
  if (list.length === 0) return badReference(composer, start);
  composer.hasReferences = true;
  return new Reference(list, origin);
}

function composeMapping(composer: Composer, event: MappingEvent): unknown {
  const mapping: Mapping = {};
  mapping[ORIGIN] = composer.file.firstEvent + composer.index;
  const start = composer.index++;
  if (event.tagStart >= 0) reportUnknownTag(composer, event, start);
  // Once there are merged keys: those that stand in the mapping itself. A merged one may be given anew.
  let own: Set<string> | null = null;
  // Looking for a key that is not there yet takes as long as all the rest; most keys have a bit of their own.
  let bits = 0;
  while ((composer.events[composer.index] as Event).type !== EVENT_ID.POP) {
    const at = composer.index;
    const key = composeKey(composer);
    const value = composeNode(composer);
    if (key === null) continue;
    if (key === '<<') {
      own ??= new Set(Object.keys(mapping));
      mergeInto(mapping, mergeSources(composer, value, at));
      continue;
    }
    const bit = bitOf(key);
    if ((bits & bit) !== 0 && (own?.has(key) ?? Object.hasOwn(mapping, key))) reportDuplicate(composer, key, at);
    bits |= bit;
    own?.add(key);
    mapping[key] = value;
  }
  composer.index++;
  return event.tagStart >= 0 && tagOf(composer, event) === '!reference' ? badReference(composer, start) : mapping;
}

function bitOf(key: string): number {
  return 1 << ((key.charCodeAt(0) * 7 + key.charCodeAt(key.length >> 1) + key.length * 3) & 31);
}

/** Keys are text, as written: nobody wants `on:` to become `true`. null: reported, leave the pair out. */
export function composeKey(composer: Composer): string | null {
  const at = composer.index;
  const event = composer.events[at] as Event;
  composer.nodes++;
  if (event.type === EVENT_ID.SCALAR) {
    composer.index++;
    const key = getScalarValue(composer.text, event);
    if (event.anchorStart >= 0) rememberScalar(composer, event, key);
    if (key !== '__proto__') return key;
  } else {
    const value = composeNode(composer);
    if (typeof value === 'string' || typeof value === 'number') return String(value);
  }
  report(composer, at, { code: 'bad-key', message: 'a key must be plain text', severity: 'error' });
  return null;
}

function composeScalar(composer: Composer, event: ScalarEvent): ScalarValue | Reference {
  const text = scalarText(composer.text, event);
  let value: ScalarValue | Reference = text;
  if (event.tagStart >= 0) value = resolveTagged(composer, event, text);
  else if (event.style === SCALAR_STYLE.PLAIN) value = resolvePlainScalar(text);
  if (event.anchorStart >= 0) rememberScalar(composer, event, value);
  return value;
}

function resolveTagged(composer: Composer, event: ScalarEvent, text: string): ScalarValue | Reference {
  const tag = tagOf(composer, event);
  if (tag === '!reference') return badReference(composer, composer.index - 1);
  if (tag === '!' || tag === '!!str') return text;
  if (tag === '!!int' || tag === '!!float' || tag === '!!bool' || tag === '!!null') return resolvePlainScalar(text);
  reportUnknownTag(composer, event, composer.index - 1);
  return text;
}

function rememberScalar(composer: Composer, event: ScalarEvent, value: unknown): void {
  composer.anchors.set(composer.text.slice(event.anchorStart, event.anchorEnd), { value, nodes: 1, isOpen: false });
}

function composeAlias(composer: Composer): unknown {
  const at = composer.index++;
  const event = composer.events[at] as Event & { type: typeof EVENT_ID.ALIAS };
  const name = composer.text.slice(event.anchorStart, event.anchorEnd);
  const anchor = composer.anchors.get(name);
  if (anchor === undefined) {
    report(composer, at, {
      code: 'unknown-alias',
      message: `no anchor "&${name}" stands before this alias`,
      severity: 'error',
      hint: /^[\w-]+$/.test(name)
        ? 'anchors work inside one file only; across files use extends or !reference'
        : 'text that begins with "*" needs quotes',
    });
    return UNREADABLE;
  }
  if (anchor.isOpen) {
    report(composer, at, { code: 'alias-cycle', message: `the anchor "&${name}" contains itself`, severity: 'error' });
    return UNREADABLE;
  }
  const before = composer.nodes;
  composer.nodes += anchor.nodes;
  if (composer.nodes <= LIMITS.expandedNodes) return anchor.value;
  if (before <= LIMITS.expandedNodes) {
    report(composer, at, {
      code: 'too-many-aliases',
      message: `with its aliases expanded the file has more than ${LIMITS.expandedNodes} values`,
      severity: 'error',
    });
  }
  return UNREADABLE;
}

/** Psych writes merged keys over those that stand before the `<<`; keys after it win over the merged ones. */
function mergeInto(mapping: Mapping, sources: readonly Mapping[]): void {
  for (const source of sources) {
    for (const key of Object.keys(source)) mapping[key] = source[key];
  }
  // Of several lists the last one merged wins; `locate` asks the mapping's own text first.
  mapping[MERGED] = [...sources.toReversed(), ...(mapping[MERGED] ?? [])];
}

/** In the order of writing: of a list, the first mapping must win and so comes last. */
export function mergeSources(composer: Composer, value: unknown, at: number): readonly Mapping[] {
  if (isMapping(value)) return [value];
  if (Array.isArray(value) && value.every(isMapping)) return value.toReversed();
  if (value === UNREADABLE) return [];
  report(composer, at, { code: 'bad-merge', message: '"<<" needs a mapping or a list of mappings', severity: 'error' });
  return [];
}
