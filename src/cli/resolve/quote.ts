/** A text as an OData literal. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
