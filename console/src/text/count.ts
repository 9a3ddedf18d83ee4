/** `10,000`. By hand, as the browser's first formatter of numbers takes longer to make than the list does to be drawn. */
export const grouped = (number: number): string => String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** `1 machine`, `1,200 machines` */
export const counted = (number: number, noun: string): string =>
  `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
