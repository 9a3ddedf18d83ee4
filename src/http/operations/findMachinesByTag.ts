import { OPERATIONS } from '../../contract/operations.ts';
import { CordonError } from '../../domain/error.ts';
import { wholeCollection } from '../collection.ts';
import { handler } from '../handler.ts';
import { wireMachine } from '../representation/machine.ts';

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['', false],
]);

export const findMachinesByTag = handler(OPERATIONS.findMachinesByTag, async (call) => {
  const given = new Map(
    [...new URLSearchParams(call.rawQuery)].map(([name, value]) => [name.toLowerCase(), value]),
  );
  const startsWith = FLAGS.get((given.get('usestartswithfilter') ?? '').toLowerCase());
  if (startsWith === undefined) {
    throw new CordonError(
      'InvalidInput',
      'Invalid input useStartsWithFilter. One of these is expected: true, false.',
    );
  }
  const found = await call.services.machines.findByTag(call.call, given.get('tag') ?? '', startsWith);
  return wholeCollection(call, 'Machines', found.map(wireMachine));
});
