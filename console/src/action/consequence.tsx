import type { ActionTypeName } from '../../../src/contract/control.ts';
import { counted, grouped } from '../text/count.ts';

interface Props {
  readonly type: ActionTypeName;
  readonly count: number;
  /** How many of the machines have nothing to remove. */
  readonly free: number;
}

/** What will happen, before it does. */
export function Consequence({ type, count, free }: Props) {
  const machines = count === 1 ? 'this machine' : `these ${counted(count, 'machine')}`;
  if (type === 'RestrictCodeExecution')
    return (
      <div className="consequence restrict">
        <p>
          From then on <strong>only trusted software can start on {machines}</strong>. People who work there
          see other programs refused at once.
        </p>
        <ul>
          <li>
            What runs already goes on running. Scripts of a trusted interpreter and containers are not
            covered.
          </li>
          <li>It counts as done when an untrusted program was tried on the device and was refused.</li>
          <li>A device that is offline gets it when it is heard of again, within three days.</li>
        </ul>
      </div>
    );
  if (free === count)
    return (
      <div className="consequence">
        <Free where={machines} />
      </div>
    );
  return (
    <div className="consequence">
      <p>
        From then on <strong>any application can run on {machines} again</strong>, malware too if some is left
        there.
      </p>
      <ul>
        {free === 0 ? null : (
          <li>
            <Free where={`${grouped(free)} of them`} />
          </li>
        )}
        <li>The device goes back to what its owner had before the restriction.</li>
        <li>It counts as done when that was proven on the device. Until then it stays restricted.</li>
        <li>A release that was to come by itself is no longer needed, and will not come.</li>
      </ul>
    </div>
  );
}

/** What a release does where there is nothing to remove. */
function Free({ where }: { readonly where: string }) {
  return (
    <p>
      On {where} <strong>nothing is restricted</strong>, as far as Cordon knows, and nothing is changed: the
      device writes down what its owner has, tries a program to show it, and counts as{' '}
      <em>Unrestricted, proven</em>.
    </p>
  );
}
