const NUMBER = new Intl.NumberFormat('en');

/** `10,000` */
export const grouped = (number: number): string => NUMBER.format(number);

/** `1 machine`, `1,200 machines` */
export const counted = (number: number, noun: string): string =>
  `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
