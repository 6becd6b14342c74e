import { COLLECTION_STYLE, EVENT_ID, type Event } from 'js-yaml';
import type { Problem } from '../../../base/index.ts';
import { MERGED, ORIGIN, type WRITTEN } from '../mapping.ts';
import type { SourceFile } from '../source-map.ts';
import { composeKey, composeNode, mergeSources } from './compose-node.ts';
import { type Composer, reportDuplicate } from './composer.ts';

/** The root of a document: a Map, because job names such as `2024` must keep their order. */
export type RootMap = Map<string, unknown> & {
  [ORIGIN]?: number;
  /** What it was made of: other roots, or the pieces in which its file was read. The winning one first. */
  [MERGED]?: readonly RootMap[];
  [WRITTEN]?: ReadonlyMap<string, string>;
};

export interface Composed {
  /** The root of each document: a `RootMap`, or whatever else stands there. */
  readonly documents: readonly unknown[];
  readonly problems: readonly Problem[];
  readonly hasReferences: boolean;
}

/** A file, or a piece of one, with its events. */
export interface Piece {
  readonly file: SourceFile;
  readonly events: readonly Event[];
}

/** Turns events into plain values. A document that breaks a rule still gives a value, so that later passes can find more. */
export function compose(piece: Piece): Composed {
  const composer = startComposer(piece);
  const documents: unknown[] = [];
  while (composer.index < composer.events.length) {
    composer.index++;
    composer.anchors = new Map();
    documents.push(composeRoot(composer));
    composer.index++;
  }
  return { documents, problems: composer.problems, hasReferences: composer.hasReferences };
}

/** Composes one document out of pieces, each of which is a block mapping of its own; null when one of them is not. */
export function composePieces(pieces: Iterable<Piece>): Composed | null {
  const root: RootMap = new Map();
  const filling: Filling = { root, own: null };
  const parts: RootMap[] = [];
  let composer: Composer | null = null;
  for (const piece of pieces) {
    if (!isBareMapping(piece)) return null;
    if (composer === null) composer = startComposer(piece);
    else Object.assign(composer, { ...piece, text: piece.file.text, details: null });
    composer.index = 2;
    parts.push(originOf(composer));
    composePairs(composer, filling);
    // Behind the mapping the document closes; more would be another document.
    if (composer.index + 2 !== piece.events.length) return null;
  }
  if (composer === null) return null;
  // The last of two equal keys is the one that counts, so the last piece is asked first.
  root[MERGED] = parts.reverse();
  return { documents: [root], problems: composer.problems, hasReferences: composer.hasReferences };
}

/** A document without marks and directives whose root is a block mapping at the left margin. */
function isBareMapping({ file, events }: Piece): boolean {
  const [document, opening] = events;
  if (document?.type !== EVENT_ID.DOCUMENT || document.explicitStart || document.explicitEnd) return false;
  if (document.directives.length > 0 || opening?.type !== EVENT_ID.MAPPING) return false;
  const isAtMargin = opening.start === 0 || file.text[opening.start - 1] === '\n';
  return isAtMargin && opening.style === COLLECTION_STYLE.BLOCK;
}

function startComposer({ file, events }: Piece): Composer {
  return {
    file,
    text: file.text,
    events,
    index: 0,
    details: null,
    items: [],
    itemCount: 0,
    nodes: 0,
    anchors: new Map(),
    problems: [],
    hasReferences: false,
  };
}

/** An empty root that only says where the mapping stands that was just opened. */
function originOf({ file, index }: Composer): RootMap {
  const root: RootMap = new Map();
  root[ORIGIN] = file.firstEvent + index - 1;
  return root;
}

function composeRoot(composer: Composer): unknown {
  const event = composer.events[composer.index];
  if (event?.type !== EVENT_ID.MAPPING) return composeNode(composer);
  composer.index++;
  const root = originOf(composer);
  composePairs(composer, { root, own: null });
  composer.index++;
  return root;
}

/** A root that is being filled. */
interface Filling {
  readonly root: RootMap;
  /** Once there are merged keys: those that stand in the root itself. */
  own: Set<string> | null;
}

function composePairs(composer: Composer, filling: Filling): void {
  const { root } = filling;
  while (composer.events[composer.index]?.type !== EVENT_ID.POP) {
    const at = composer.index;
    const key = composeKey(composer);
    const value = composeNode(composer);
    if (key === null) continue;
    if (key === '<<') {
      filling.own ??= new Set(root.keys());
      for (const source of mergeSources(composer, value, at))
        for (const name of Object.keys(source)) root.set(name, source[name]);
      continue;
    }
    const { size } = root;
    root.set(key, value);
    const isKnown = root.size === size;
    if (isKnown && (filling.own?.has(key) ?? true)) reportDuplicate(composer, key, at);
    filling.own?.add(key);
  }
}
