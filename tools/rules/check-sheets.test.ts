import { describe, expect, it } from 'vitest';
import { checkSheets } from './check-sheets.ts';
import { findings } from './testing/findings.ts';

describe('style sheets of views', () => {
  const views = 'web/src/views';
  const files = {
    [`${views}/job/job.tsx`]: 'import \'./job.css\';\nexport const Job = () => <main class="job wide" />;\n',
    [`${views}/job/job.css`]: '/* .no {} */ .job, main.wide { .mark { gap: 0 } } @media print { .printed { gap: 0; } }',
  };
  const card = (markup: string) => ({
    ...files,
    [`${views}/pipeline/card.tsx`]: `export const Card = () => ${markup};\n`,
  });

  it.each([
    ['<a class="card job" />', 'job'],
    ["<a class={isOn ? 'wide' : ''} />", 'wide'],
    ['<a class={`printed`} />', 'printed'],
  ])('refuse its outermost class elsewhere: %s', (markup, name) => {
    const message = `class ${name} is that of ${views}/job/job.css, which stays once its view was loaded; take another, or import it`;
    expect(findings(checkSheets, card(markup))).toEqual([`error ${views}/pipeline/card.tsx:1: ${message}`]);
  });

  it('accept what stands within a rule, and who imports the sheet', () => {
    expect(findings(checkSheets, card('<a class="mark no" />'))).toEqual([]);
    const path = `${views}/pipeline/card.tsx`;
    const importing = {
      ...files,
      [path]: 'import \'../job/job.css\';\nexport const Card = () => <a class="job" />;\n',
    };
    expect(findings(checkSheets, importing)).toEqual([]);
  });
});
