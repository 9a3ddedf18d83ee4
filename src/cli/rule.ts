import type { GroupRule } from '../sdk/administration.ts';
import { UsageError } from './usage-error.ts';

const PROPERTIES = ['name', 'domain', 'tag', 'osPlatform'];
const OPERATORS = ['equals', 'startsWith', 'endsWith', 'contains'];

/** Reads `PROPERTY OPERATOR VALUE|VALUE`. */
export function parseRule(written: string): GroupRule {
  const [first = '', second = ''] = written.split(/\s+/, 2);
  const property = PROPERTIES.find((word) => word.toLowerCase() === first.toLowerCase());
  const operator = OPERATORS.find((word) => word.toLowerCase() === second.toLowerCase());
  const rest = written.slice(written.indexOf(second, first.length) + second.length).trim();
  const values = rest
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (property === undefined || operator === undefined || values.length === 0) {
    throw new UsageError(
      `takes PROPERTY OPERATOR VALUE, such as "name startsWith ws-", with one of ${PROPERTIES.join(', ')} and one of ${OPERATORS.join(', ')}; "${written}" is not of that form`,
    );
  }
  return { property, operator, values };
}

/** The same form back. */
export const ruleText = ({ property, operator, values }: GroupRule): string =>
  `${property} ${operator} ${values.join('|')}`;
