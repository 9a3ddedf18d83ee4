import type { CompareOperator, MatchFunction } from '../query.ts';

/** What a literal was written as, before it is compared with a property. */
export interface RawLiteral {
  readonly kind: 'literal';
  readonly type: 'string' | 'number' | 'guid' | 'time' | 'boolean' | 'null';
  readonly text: string;
  readonly at: number;
}

/** The name of a property or of a lambda's variable, as written. */
export interface Name {
  readonly kind: 'name';
  readonly text: string;
  readonly at: number;
}

/** A `$filter` as its grammar reads it, names and types not looked at yet. `at` counts characters from 1. */
export type Expression =
  | RawLiteral
  | Name
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Expression[]; readonly at: number }
  | { readonly kind: 'not'; readonly term: Expression; readonly at: number }
  | Comparison
  | {
      readonly kind: 'in';
      readonly left: Expression;
      readonly values: readonly RawLiteral[];
      readonly at: number;
    }
  | Call
  | Any;

/** `at` is the place of the operator. */
export interface Comparison {
  readonly kind: 'compare';
  readonly operator: CompareOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly at: number;
}

export interface Call {
  readonly kind: 'call';
  readonly function: MatchFunction;
  readonly arguments: readonly Expression[];
  readonly at: number;
}

/** `path/any(variable: body)`; variable and body are null in `any()`. */
export interface Any {
  readonly kind: 'any';
  readonly path: Name;
  readonly variable: string | null;
  readonly body: Expression | null;
  readonly at: number;
}
