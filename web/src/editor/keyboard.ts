import { indentWithTab } from '@codemirror/commands';
import { Prec } from '@codemirror/state';
import { EditorView, keymap, showPanel } from '@codemirror/view';

const HINT = 'keys';
const KEYS = [
  ['Tab', ' indents. '],
  ['Escape', ', then '],
  ['Tab', ' leaves the field. '],
  ['Ctrl+Space', ' completes, '],
  ['F8', ' goes to the next problem.'],
] as const;

/**
 * Tab indents, as in any editor; so the field says how it is left (WCAG 2.1.2), to the eyes below the text and to a screen reader as the
 * field's description. After Escape, whatever else that closed, Tab is the page's until another key is pressed: the editor's own two
 * seconds are too short for some.
 */
export const byKeyboard = [
  keymap.of([indentWithTab]),
  EditorView.domEventObservers({
    keydown: ({ key }, view) => {
      if (key === 'Escape') view.setTabFocusMode(Number.POSITIVE_INFINITY);
    },
  }),
  // Asked last: it keeps the editor from its two seconds.
  Prec.lowest(keymap.of([{ key: 'Escape', run: () => true }])),
  EditorView.contentAttributes.of({ 'aria-describedby': HINT }),
  showPanel.of(() => ({ dom: hint() })),
];

function hint(): HTMLElement {
  const dom = document.createElement('div');
  dom.id = HINT;
  dom.className = HINT;
  for (const [key, words] of KEYS) {
    const kbd = document.createElement('kbd');
    kbd.textContent = key;
    dom.append(kbd, words);
  }
  return dom;
}
