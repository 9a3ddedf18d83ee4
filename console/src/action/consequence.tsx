import type { ActionTypeName } from '../../../src/contract/control.ts';

/** What will happen, before it does. */
export function Consequence({ type, count }: { readonly type: ActionTypeName; readonly count: number }) {
  const machines = count === 1 ? 'this machine' : `these ${count} machines`;
  return type === 'RestrictCodeExecution' ? (
    <div className="consequence restrict">
      <p>
        From then on <strong>only trusted software can start on {machines}</strong>. People who work there see
        other programs refused at once.
      </p>
      <ul>
        <li>
          What runs already goes on running. Scripts of a trusted interpreter and containers are not covered.
        </li>
        <li>It counts as done when an untrusted program was tried on the device and was refused.</li>
        <li>A device that is offline gets it when it is heard of again, within three days.</li>
      </ul>
    </div>
  ) : (
    <div className="consequence">
      <p>
        From then on <strong>any application can run on {machines} again</strong>, malware too if some is left
        there.
      </p>
      <ul>
        <li>The device goes back to what its owner had before the restriction.</li>
        <li>It counts as done when that was proven on the device. Until then it stays restricted.</li>
        <li>A release that was to come by itself is no longer needed, and will not come.</li>
      </ul>
    </div>
  );
}
