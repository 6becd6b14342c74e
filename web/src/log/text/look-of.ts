import type { Colour, Style } from './style.ts';

/** How a style is drawn: classes for what the theme knows, colours for what it does not. */
export interface Look {
  readonly class: string;
  /** Set through the style object, never as markup: the page's policy allows no inline styles. */
  readonly colours: { readonly color?: string; readonly backgroundColor?: string };
}

/** The look of a style; inverse swaps ink and ground, where one of them is the theme's too. */
export function lookOf({ fg, bg, inverse, ...style }: Style): Look {
  const [ink, ground] = inverse ? [bg, fg] : [fg, bg];
  const classes = (['bold', 'dim', 'italic', 'underline', 'strike'] as const)
    .filter((key) => style[key])
    .map((key) => `log-${key}`);
  if (inverse) classes.push('log-inverse');
  classes.push(...classOf('ink', ink), ...classOf('ground', ground));
  const color = ownColour(ink);
  const backgroundColor = ownColour(ground);
  return {
    class: classes.join(' '),
    colours: { ...(color !== null && { color }), ...(backgroundColor !== null && { backgroundColor }) },
  };
}

function classOf(where: string, colour: Colour | null): string[] {
  return typeof colour === 'number' ? [`log-${where}-${colour}`] : [];
}

function ownColour(colour: Colour | null): string | null {
  return typeof colour === 'string' ? colour : null;
}
