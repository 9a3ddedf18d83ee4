/** From column values to fields and back. Columns are what our own statements wrote, so types are stated, not checked. */
import type { Value } from '../sql.ts';

type Column = Value | undefined;

export const text = (value: Column): string => value as string;
export const maybeText = (value: Column): string | null => value as string | null;
export const integer = (value: Column): number => Number(value);
export const maybeInteger = (value: Column): number | null => (value === null ? null : Number(value));
export const flag = (value: Column): boolean => Number(value) === 1;
export const fromFlag = (value: boolean): Value => (value ? 1 : 0);

/** JSON text of a value; null stays null. */
export const json = (value: unknown): Value => (value === null ? null : JSON.stringify(value));
export const parsed = <T>(value: Column): T => JSON.parse(value as string) as T;
export const maybeJson = <T>(value: Column): T | null => (value === null ? null : parsed<T>(value));
