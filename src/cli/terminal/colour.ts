export type Environment = Readonly<Record<string, string | undefined>>;

export type Colour = 'red' | 'green' | 'yellow' | 'blue' | 'dim' | 'bold';
/** Wraps a text in a colour, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string;

const CODES: Readonly<Record<Colour, readonly [number, number]>> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  dim: [2, 22],
  bold: [1, 22],
};

export const plain: Paint = (_colour, text) => text;
export const coloured: Paint = (colour, text) => {
  const [on, off] = CODES[colour];
  return text === '' ? '' : `\x1b[${on}m${text}\x1b[${off}m`;
};

/** `FORCE_COLOR` beats `NO_COLOR` beats what the output is. Source: force-color.org, no-color.org. */
export function wantsColour(env: Environment, isTerminal: boolean): boolean {
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return env.FORCE_COLOR !== '0';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return isTerminal && env.TERM !== 'dumb';
}

/** A terminal that can move its cursor. */
export function canRedraw(env: Environment, isTerminal: boolean): boolean {
  return isTerminal && env.TERM !== 'dumb' && env.TERM !== '' && env.TERM !== undefined;
}
