/** A colour in sRGB. */
export type Hex = `#${string}`;

/** Lightness 0…1, and how far from grey to red and to yellow: steps in it look alike, so that a hue stays while its lightness moves. */
export type Oklab = readonly [lightness: number, red: number, yellow: number];

/** Of each byte that a channel can be, how much light it is: 0…1. */
const LINEAR = Float64Array.from({ length: 256 }, (_, byte) => {
  const channel = byte / 255;
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
});

/** How far two colours stand off from each other, 1…21 (WCAG 2.2, "contrast ratio"). */
export function contrastOf(one: Hex, other: Hex): number {
  const [a, b] = [luminanceOf(one), luminanceOf(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

export function oklabOf(colour: Hex): Oklab {
  const [r, g, b] = linearOf(colour);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** The nearest that a screen can show; what sRGB does not have is cut off. */
export function hexOf([lightness, red, yellow]: Oklab): Hex {
  const l = (lightness + 0.3963377774 * red + 0.2158037573 * yellow) ** 3;
  const m = (lightness - 0.1055613458 * red - 0.0638541728 * yellow) ** 3;
  const s = (lightness - 0.0894841775 * red - 1.291485548 * yellow) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const bits = linear.reduce((sum, one) => sum * 256 + encoded(one), 0);
  return `#${bits.toString(16).padStart(6, '0')}`;
}

function luminanceOf(colour: Hex): number {
  const [r, g, b] = linearOf(colour);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function linearOf(colour: Hex): [number, number, number] {
  const bits = Number.parseInt(colour.slice(1), 16);
  const channel = (shift: number) => LINEAR[(bits >> shift) & 255] ?? 0;
  return [channel(16), channel(8), channel(0)];
}

/** A linear channel as a byte. */
function encoded(linear: number): number {
  const one = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(Math.min(1, Math.max(0, one)) * 255);
}
