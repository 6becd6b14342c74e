/** What `git push -o …` says of the pipelines of that push. */
export interface PushOptions {
  readonly isSkipped: boolean;
  readonly variables: readonly { readonly key: string; readonly value: string }[];
  readonly inputs: Readonly<Record<string, string>>;
  /** What could not be understood, for the pusher. Options that are about something else are nobody's mistake. */
  readonly mistakes: readonly string[];
}

/** `ci.skip`, `ci.variable=KEY=VALUE`, `ci.input=NAME=VALUE`; the last two as often as wanted, the last one of a name counts. */
export function parsePushOptions(options: readonly string[]): PushOptions {
  const variables = new Map<string, string>();
  const inputs = new Map<string, string>();
  const mistakes: string[] = [];
  let isSkipped = false;
  for (const option of options) {
    const [name, value] = cut(option);
    if (name === 'ci.skip') isSkipped = value !== 'false';
    else if (name === 'ci.variable' || name === 'ci.input') {
      const [key, given] = cut(value ?? '');
      const isFine = given !== null && (name === 'ci.input' ? key !== '' : /^[A-Za-z_]\w*$/.test(key));
      if (!isFine) mistakes.push(`-o ${name} wants NAME=VALUE, not ${JSON.stringify((value ?? '').slice(0, 100))}`);
      else (name === 'ci.input' ? inputs : variables).set(key, given);
    } else if (name.startsWith('ci.')) mistakes.push(`-o ${JSON.stringify(name.slice(0, 100))} is not known`);
  }
  return {
    isSkipped,
    variables: [...variables].map(([key, value]) => ({ key, value })),
    inputs: Object.fromEntries(inputs),
    mistakes,
  };
}

function cut(text: string): readonly [string, string | null] {
  const at = text.indexOf('=');
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}
