import { expect, it } from 'vitest';
import { contrastOf, type Hex, oklabOf } from './contrast.ts';
import { GROUNDS, inkOnOwn, inkOnTheme, type ThemeGround } from './readable.ts';

const KINDS = Object.keys(GROUNDS) as ThemeGround[];
/** Every 17th step of each channel, ends included. */
const STEPS = Array.from({ length: 16 }, (_, i) => (i * 17).toString(16).padStart(2, '0'));
const COLOURS = STEPS.flatMap((r) => STEPS.flatMap((g) => STEPS.map((b): Hex => `#${r}${g}${b}`)));

/** What is drawn in each theme. */
function inBoth(ink: Hex, kind: ThemeGround): { light: Hex; dark: Hex } {
  const [light, dark] = inkOnTheme(ink, kind).match(/#[0-9a-f]{6}/g) as [Hex, Hex?];
  return { light, dark: dark ?? light };
}

it('knows contrast as WCAG has it', () => {
  expect(contrastOf('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrastOf('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
  expect(contrastOf('#ff0000', '#ff0000')).toBe(1);
});

it.each(KINDS)('lets every ink be read on the ground %s, in both themes', (kind) => {
  const unread = COLOURS.filter((ink) => {
    const { light, dark } = inBoth(ink, kind);
    return contrastOf(light, GROUNDS[kind].light) < 4.5 || contrastOf(dark, GROUNDS[kind].dark) < 4.5;
  });
  expect(unread).toEqual([]);
});

it('leaves an ink that can be read as it is, and moves others by no more than they need', () => {
  for (const kind of KINDS) {
    for (const theme of ['light', 'dark'] as const) {
      const ground = GROUNDS[kind][theme];
      const readable = COLOURS.filter((ink) => contrastOf(ink, ground) >= 4.5);
      expect(readable.filter((ink) => inBoth(ink, kind)[theme] !== ink)).toEqual([]);
      const moved = COLOURS.filter((ink) => contrastOf(ink, ground) < 4.5);
      expect(Math.max(...moved.map((ink) => contrastOf(inBoth(ink, kind)[theme], ground)))).toBeLessThan(4.7);
    }
  }
});

it('keeps the hue of an ink', () => {
  const hueOf = (colour: Hex) => {
    const [, red, yellow] = oklabOf(colour);
    return (Math.atan2(yellow, red) * 180) / Math.PI;
  };
  for (const ink of ['#ffff00', '#00ff00', '#ff8700', '#78c850', '#ff00ff', '#5f0000', '#00005f'] as const) {
    const { light, dark } = inBoth(ink, 'row');
    for (const drawn of [light, dark])
      expect(Math.abs(hueOf(drawn) - hueOf(ink)), `${ink} as ${drawn}`).toBeLessThan(6);
  }
});

it('draws on a ground of a job’s own an ink that can be read there, its own if that can', () => {
  expect(inkOnOwn('#767676', '#ffffff')).toBe('#767676');
  expect(inkOnOwn('#787878', '#ffffff')).toBe('#000000');
  expect(inkOnOwn(null, '#000080')).toBe('#ffffff');
  expect(inkOnOwn(null, '#ffff00')).toBe('#000000');
  const unread = COLOURS.filter((ground) => contrastOf(inkOnOwn('#808080', ground), ground) < 4.5);
  expect(unread).toEqual([]);
});
