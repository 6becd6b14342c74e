import { autocompletion } from '@codemirror/autocomplete';
import { yaml, yamlLanguage } from '@codemirror/lang-yaml';
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import { type EditorState, Transaction } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import { completeFrom, explainFrom } from './complete.ts';
import { byKeyboard } from './keyboard.ts';
import { LOOK } from './look.ts';
import type { Schema } from './look-up.ts';

/** Something that is wrong at a place of the text; line and column count from 1. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** The field in which a CI file is written. */
export interface CodeField {
  /** Replaces all of it, and takes the focus; that can be undone. */
  readonly write: (text: string) => void;
  /** Marks them; those before are gone. */
  readonly mark: (findings: readonly Finding[]) => void;
  /** Puts the cursor there, from 1, in sight, with the focus. */
  readonly goTo: (line: number, column: number) => void;
  readonly selectAll: () => void;
  readonly end: () => void;
}

interface Wishes {
  readonly text: string;
  /** Null: it has not come yet. */
  readonly schema: () => Schema | null;
  /** At every change by hand. */
  readonly onChange: (text: string) => void;
}

/**
 * Begins a field in the shadow root of `host`: there the editor's styles are constructed sheets, where in the document they would be a
 * `<style>`, which the page's policy refuses.
 */
export function openField(host: Element, { text, schema, onChange }: Wishes): CodeField {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const view = new EditorView({
    doc: text,
    root,
    parent: root,
    extensions: [
      basicSetup,
      yaml(),
      autocompletion({ icons: false }),
      yamlLanguage.data.of({ autocomplete: completeFrom(schema) }),
      explainFrom(schema),
      EditorView.contentAttributes.of({ 'aria-label': 'CI file', spellcheck: 'false' }),
      byKeyboard,
      EditorView.lineWrapping,
      LOOK,
      EditorView.updateListener.of(({ docChanged, state }) => {
        if (docChanged) onChange(state.doc.toString());
      }),
    ],
  });
  return {
    write: (next) => {
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: next },
        annotations: Transaction.userEvent.of('input.replace'),
      });
      view.focus();
    },
    mark: (findings) =>
      view.dispatch(
        setDiagnostics(
          view.state,
          findings.map((finding) => placed(view.state, finding)),
        ),
      ),
    goTo: (line, column) => {
      const { from } = placed(view.state, { severity: 'error', message: '', line, column });
      view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
      view.focus();
    },
    selectAll: () => {
      view.focus();
      view.dispatch({ selection: { anchor: 0, head: view.state.doc.length } });
    },
    end: () => view.destroy(),
  };
}

/** To the end of the word; the text may have become shorter since it was looked at. */
function placed({ doc }: EditorState, { severity, message, line, column }: Finding): Diagnostic {
  const { from: start, to: end, text } = doc.line(Math.min(Math.max(1, line), doc.lines));
  const from = Math.min(start + Math.max(0, column - 1), end);
  const word = /^[^\s:,\]}]+/.exec(text.slice(from - start))?.[0].length ?? 0;
  return { from, to: Math.min(end, from + Math.max(word, 1)), severity, message };
}
