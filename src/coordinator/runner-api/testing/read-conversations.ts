import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One line: who says what, and the answer that is due; null: it is no request. */
export interface Turn {
  readonly line: string;
  /** As the recording numbers jobs; null: it is about none. */
  readonly job: string | null;
  readonly words: readonly string[];
  readonly due: string | null;
}

export interface Conversation {
  readonly title: string;
  readonly turns: readonly Turn[];
}

/** What a runner has said to a server once, as `fixtures/conversations.txt` explains it. */
export function readConversations(): readonly Conversation[] {
  const text = readFileSync(join(import.meta.dirname, '../fixtures/conversations.txt'), 'utf8');
  return text
    .split('\n## ')
    .slice(1)
    .map((part) => {
      const [title = '', ...lines] = part.split('\n').filter((line) => line !== '');
      return { title, turns: lines.map(readTurn) };
    });
}

function readTurn(line: string): Turn {
  const [asked = '', ours] = line.split(' = ');
  const [said = '', recorded] = asked.split(' -> ');
  const [first = '', ...rest] = said.split(' ');
  const isAboutJob = /^\d+$/.test(first);
  return {
    line,
    job: isAboutJob ? first : null,
    words: isAboutJob ? rest : [first, ...rest],
    due: ours ?? recorded ?? null,
  };
}
