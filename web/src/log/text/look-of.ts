import { inkOnOwn, inkOnTheme } from './readable.ts';
import type { Colour, Style } from './style.ts';

/** How a style is drawn: classes for what the theme knows, colours for what it does not. All of it can be read, in both themes. */
export interface Look {
  readonly class: string;
  /** Set through the style object, never as markup: the page's policy allows no inline styles. */
  readonly colours: { readonly color?: string; readonly backgroundColor?: string };
}

/** The sixteen colours of a terminal, for where the theme's inks would not do: these are made for the page's ground alone. */
const SIXTEEN = [
  '#000000',
  '#cd0000',
  '#00cd00',
  '#cdcd00',
  '#0000ee',
  '#cd00cd',
  '#00cdcd',
  '#e5e5e5',
  '#7f7f7f',
  '#ff0000',
  '#00ff00',
  '#ffff00',
  '#5c5cff',
  '#ff00ff',
  '#00ffff',
  '#ffffff',
] as const;

/** Of the styles that lines still have. */
const looks = new WeakMap<Style, Look>();

/** The look of a style; inverse swaps ink and ground, where one of them is the theme's too. */
export function lookOf(style: Style): Look {
  const look = looks.get(style) ?? makeLook(style);
  looks.set(style, look);
  return look;
}

function makeLook({ fg, bg, inverse, dim, ...style }: Style): Look {
  const [ink, ground] = inverse ? [bg, fg] : [fg, bg];
  const onInk = inverse && ground === null;
  const onPage = !inverse && ground === null;
  const classes: string[] = (['bold', 'italic', 'underline', 'strike'] as const)
    .filter((key) => style[key])
    .map((key) => `log-${key}`);
  // Only the theme's own ink has so much contrast that some may be taken from it.
  if (dim && onPage && ink === null) classes.push('log-dim');
  if (onInk) classes.push('log-inverse');
  if (onPage && typeof ink === 'number') classes.push(`log-ink-${ink}`);
  if (typeof ground === 'number') classes.push(`log-ground-${ground}`);
  const color = onPage && typeof ink === 'number' ? null : inkOn(ink, ground, onInk);
  return {
    class: classes.join(' '),
    colours: { ...(color !== null && { color }), ...(typeof ground === 'string' && { backgroundColor: ground }) },
  };
}

/** Null: the theme's own, which its grounds are made for. */
function inkOn(ink: Colour | null, ground: Colour | null, onInk: boolean): string | null {
  const own = typeof ink === 'number' ? (SIXTEEN[ink] ?? null) : ink;
  if (typeof ground === 'string') return inkOnOwn(own, ground);
  if (own === null) return null;
  return inkOnTheme(own, ground !== null ? 'sixteen' : onInk ? 'inverse' : 'row');
}
