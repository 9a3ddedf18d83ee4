import { median } from '../../bench/submit/measure.ts';

/** The middle of each figure of several visits, one after the other. */
export async function middleOf<Figures extends object>(
  visits: number,
  visit: () => Promise<Figures>,
): Promise<Figures> {
  const all: Figures[] = [];
  for (let turn = 0; turn < visits; turn += 1) all.push(await visit());
  const names = Object.keys(all[0] ?? {}) as (keyof Figures)[];
  return Object.fromEntries(
    names.map((name) => [name, median(all.map((one) => Number(one[name])))]),
  ) as Figures;
}
