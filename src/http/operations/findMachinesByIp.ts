import { OPERATIONS } from '../../contract/operations.ts';
import { CordonError } from '../../domain/error.ts';
import { wholeCollection } from '../collection.ts';
import { handler } from '../handler.ts';
import { wireMachine } from '../representation/machine.ts';

/** The router takes the closing bracket for a part of the parameter's name, and of its value. */
const PARAMETER = 'arguments)';
const ARGUMENT = /^\s*(ip|timestamp)\s*=\s*'?([^']*?)'?\s*$/i;

/** `findbyip(ip='10.0.0.1',timestamp=2026-03-01T10:00:00Z)`: the arguments in either order, quoted or not. */
export const findMachinesByIp = handler(OPERATIONS.findMachinesByIp, async (call) => {
  const given = new Map<string, string>();
  for (const part of (call.parameters[PARAMETER] ?? '').replace(/\)\s*$/, '').split(',')) {
    const argument = ARGUMENT.exec(part);
    if (argument !== null) given.set(argument[1]!.toLowerCase(), argument[2]!);
  }
  const found = await call.services.machines.findByAddress(
    call.call,
    required(given, 'ip'),
    required(given, 'timestamp'),
  );
  return wholeCollection(call, 'Machines', found.map(wireMachine));
});

function required(given: ReadonlyMap<string, string>, name: string): string {
  const value = given.get(name);
  if (value === undefined || value === '')
    throw new CordonError('MissingRequiredParameter', `Parameter ${name} is missing.`);
  return value;
}
