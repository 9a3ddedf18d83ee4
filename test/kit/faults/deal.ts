import type { RunOptions } from './run.ts';
import { FAULTS, type Fault } from './table.ts';

/** The fault that is dealt first, however few rounds there are: a killed process is what nobody can prevent. */
const FIRST = 'kill';

/** The faults that can strike on the engine here. @throws Error when there is none */
export function possible({ engine, faults }: Pick<RunOptions, 'engine' | 'faults'>): readonly Fault[] {
  const found = FAULTS.filter(
    ({ name, engines, whyNot }) =>
      engines.includes(engine) && (faults?.includes(name) ?? true) && (whyNot?.() ?? null) === null,
  );
  if (found.length === 0)
    throw new Error(`None of these faults can strike on ${engine} here: ${faults?.join(', ')}`);
  return found;
}

/**
 * A fault for each round. They are dealt like cards, so that each strikes before any strikes again; the first of all is a
 * kill, where that is among them.
 */
export function dealt<Card extends Pick<Fault, 'name'>>(
  cards: readonly Card[],
  rounds: number,
  random: () => number,
): readonly Card[] {
  const faults: Card[] = [];
  while (faults.length < rounds) {
    const deck = cards
      .map((card) => ({ card, place: faults.length === 0 && card.name === FIRST ? -1 : random() }))
      .sort((one, other) => one.place - other.place);
    faults.push(...deck.map(({ card }) => card));
  }
  return faults.slice(0, rounds);
}
