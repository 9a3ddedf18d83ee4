import type { Exit } from './exit.ts';
import type { Io } from './io.ts';
import type { OptionRows, Values } from './option.ts';
import type { Runners } from './runners.ts';

export interface Example {
  readonly line: string;
  /** What it does, as a sentence fragment. */
  readonly does: string;
}

/** An argument of a verb; the last one may stand for several. */
export interface ArgumentRow {
  readonly name: string;
  readonly description: string;
  readonly several?: boolean;
  readonly optional?: boolean;
}

export interface Context {
  readonly io: Io;
  readonly runners: Runners;
}

/** One verb: all that its help shows, and what it does. */
export interface Verb<O extends OptionRows = OptionRows> {
  readonly name: string;
  /** One line in the list of verbs. */
  readonly summary: string;
  /** Teaches what the verb does and what to know before using it. */
  readonly description: string;
  readonly arguments: readonly ArgumentRow[];
  readonly options: O;
  readonly examples: readonly Example[];
  readonly run: (values: Values<O>, words: readonly string[], context: Context) => Promise<Exit>;
}

/** Verbs under a common word, such as `cordon app`. */
export interface VerbGroup {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly verbs: readonly AnyVerb[];
}

// biome-ignore lint/suspicious/noExplicitAny: verbs with different options stand in one list
export type AnyVerb = Verb<any>;
export type Entry = AnyVerb | VerbGroup;

/** Only so that the types of `run` follow from `options`. */
export const verb = <O extends OptionRows>(row: Verb<O>): Verb<O> => row;

export const isGroup = (entry: Entry): entry is VerbGroup => 'verbs' in entry;

/** The verbs as a command of another name has them: their lines and texts name it. */
export function underName(verbs: readonly AnyVerb[], written: string, name: string): AnyVerb[] {
  const renamed = (text: string) => text.replaceAll(`${written} `, `${name} `);
  return verbs.map((row) => ({
    ...row,
    description: renamed(row.description),
    examples: row.examples.map(({ line, does }) => ({ line: renamed(line), does })),
  }));
}
