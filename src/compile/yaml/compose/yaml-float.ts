/**
 * A float of the file. Kept apart from integers because a variable `VERSION: 1.0` reads "1.0" in a script, not "1", and because no
 * keyword that takes a number accepts a float.
 */
export class YamlFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  /** The text that Ruby, and so GitLab, makes of the number. */
  toString(): string {
    const { value } = this;
    if (Number.isNaN(value)) return 'NaN';
    if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
    if (Object.is(value, -0)) return '-0.0';
    const size = Math.abs(value);
    if (size !== 0 && (size >= 1e15 || size < 1e-4)) return exponentText(value);
    return Number.isInteger(value) ? `${value}.0` : String(value);
  }

  toJSON(): number {
    return this.value;
  }
}

function exponentText(value: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const sign = exponent.startsWith('-') ? '-' : '+';
  const digits = exponent.replace(/^[+-]/, '').padStart(2, '0');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}e${sign}${digits}`;
}
