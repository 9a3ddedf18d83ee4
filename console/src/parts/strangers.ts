/** Parameters of an address, each with what says whether its value is understood. */
export type Understood = Readonly<Record<string, (value: string) => boolean>>;

/** Parameters of a query that a page does not understand, as they stand there: `state=nonsense`. */
export function strangers(query: string, understood: Understood): string[] {
  return [...new URLSearchParams(query)]
    .filter(([name, value]) => !Object.hasOwn(understood, name) || understood[name]?.(value) !== true)
    .map(([name, value]) => `${name}=${value}`);
}

/** Whether each word between commas is one of a list. */
export const everyOf =
  (known: readonly string[]) =>
  (value: string): boolean =>
    value.split(',').every((word) => known.includes(word));

export const any = (): boolean => true;
