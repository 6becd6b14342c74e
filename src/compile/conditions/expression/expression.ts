/** A parsed `if`. Plain data, so that a coordinator can keep it beside the job. */
export type Expression =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** `source` as between the slashes, with `\/` already turned into `/`. */
  | { readonly kind: 'pattern'; readonly source: string; readonly flags: string }
  | { readonly kind: BinaryOperator; readonly left: Expression; readonly right: Expression };

export type BinaryOperator = '==' | '!=' | '=~' | '!~' | '&&' | '||';

export interface SyntaxMistake {
  readonly message: string;
  /** Where in the text, in UTF-16 units from 0; the length of the text when something is missing at its end. */
  readonly offset: number;
  readonly hint?: string;
}

export type ParsedExpression =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly mistake: SyntaxMistake };
