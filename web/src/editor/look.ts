import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const RAISED = { background: 'var(--ground-raised)', color: 'var(--ink)' };
/** The editor's own waves are `data:` pictures, which the policy refuses. */
const WAVE = { backgroundImage: 'none', textDecorationLine: 'underline', textDecorationStyle: 'wavy' };

/** The page's tokens: they are inherited into the shadow root, and follow the theme by themselves. */
export const LOOK = [
  EditorView.theme({
    '&': { height: '100%', background: 'var(--ground)', color: 'var(--ink)', fontSize: 'var(--text-m)' },
    // The field around it shows the focus.
    '&.cm-focused': { outline: 'none' },
    '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: 'var(--line-m)' },
    '.cm-content': { caretColor: 'var(--ink)' },
    '.cm-cursor': { borderLeftColor: 'var(--ink)' },
    '.cm-gutters': { ...RAISED, color: 'var(--ink-soft)', borderRight: '1px solid var(--hairline)' },
    '.cm-activeLine': { background: 'color-mix(in oklab, var(--ground-raised) 60%, transparent)' },
    '.cm-activeLineGutter': { background: 'var(--ground-pressed)', color: 'var(--ink)' },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
      background: 'color-mix(in oklab, var(--accent) 25%, var(--ground))',
    },
    '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { background: 'var(--ground-pressed)', color: 'inherit' },
    '.cm-selectionMatch': { background: 'var(--ground-pressed)' },
    '.cm-foldPlaceholder': { ...RAISED, borderColor: 'var(--hairline)' },
    '.cm-tooltip': { ...RAISED, border: '1px solid var(--edge)', borderRadius: 'var(--round)', overflow: 'hidden' },
    '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)' },
    '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--accent)', color: 'var(--ground)' },
    '.cm-completionDetail': { marginInlineStart: 'var(--space-3)', fontStyle: 'normal', opacity: '0.8' },
    '.explained': { maxWidth: '420px', padding: 'var(--space-2) var(--space-3)' },
    '.cm-panels': { ...RAISED, borderColor: 'var(--hairline)' },
    '.keys': { padding: 'var(--space-1) var(--space-3)', color: 'var(--ink-soft)', fontSize: 'var(--text-s)' },
    '.keys kbd': { fontFamily: 'var(--mono)', color: 'var(--ink)' },
    // Where no keyboard is, the text has the room.
    '@media (hover: none)': { '.keys': { display: 'none' } },
    '.cm-textfield, .cm-button': { ...RAISED, backgroundImage: 'none', border: '1px solid var(--edge)' },
    '.cm-lintRange-error': { ...WAVE, textDecorationColor: 'var(--bad)' },
    '.cm-lintRange-warning': { ...WAVE, textDecorationColor: 'var(--warn)' },
    '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
    '.cm-diagnostic-warning': { borderLeftColor: 'var(--warn)' },
  }),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: [tags.definition(tags.propertyName), tags.propertyName], color: 'var(--busy)' },
      { tag: [tags.string, tags.special(tags.string)], color: 'var(--good)' },
      { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--hand)' },
      { tag: [tags.typeName, tags.labelName, tags.meta], color: 'var(--warn)' },
      { tag: tags.comment, color: 'var(--ink-soft)', fontStyle: 'italic' },
    ]),
  ),
];
