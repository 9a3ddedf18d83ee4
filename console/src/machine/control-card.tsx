import { Suspense, useState } from 'react';
import type { ActionTypeName } from '../../../src/contract/control.ts';
import type { WireControl, WireMachineState } from '../../../src/contract/cordon.ts';
import type { WireMachineAction } from '../../../src/contract/machine-action.ts';
import { ActionDialog } from '../action/late-dialogs.ts';
import {
  ACTION_TITLES,
  assuranceSentence,
  failedBeside,
  isFree,
  MODE_WORDS,
  mainAction,
  STATUS_WORDS,
} from '../control/words.ts';
import { StandingBadge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { Text } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import { useMay } from '../session/session.ts';
import { Evidence } from './evidence.tsx';

const UNMANAGED: WireControl = {
  control: 'codeExecution',
  mode: 'unmanaged',
  assurance: 'unmanaged',
  generation: 0,
  actionId: null,
  observedMode: null,
  observedAt: null,
  releaseAt: null,
  evidence: null,
};

/** Id of why the buttons do nothing. */
const WAIT = 'wait-for-the-action';

interface Props {
  readonly machine: WireMachineState;
  /** The action that is under way; null where none is. */
  readonly active: WireMachineAction | null;
  /** The newest action; null where none is known. */
  readonly last: WireMachineAction | null;
  /** Whether the device is not heard of. */
  readonly offline: boolean;
}

/** Whether applications can run, how sure that is, and what can be done about it. */
export function ControlCard({ machine, active, last, offline }: Props) {
  const may = useMay();
  const [asking, setAsking] = useState<ActionTypeName | null>(null);
  const control = machine.controls.find((one) => one.control === 'codeExecution') ?? UNMANAGED;
  return (
    <section className={`card control ${control.mode} ${control.assurance}`} aria-labelledby="control-title">
      <div className="head">
        <h2 id="control-title">App execution</h2>
        <StandingBadge mode={control.mode} assurance={control.assurance} />
      </div>
      <p className="sentence">{assuranceSentence(control, last)}</p>
      {last === null || !failedBeside(last, control) ? null : (
        <p className="sentence">
          The last action, {ACTION_TITLES[last.type]}, {STATUS_WORDS[last.status].toLowerCase()} after that.
        </p>
      )}
      {active === null ? null : (
        <p className="active" role="status">
          {ACTION_TITLES[active.type]} by <Text value={active.requestor} />:{' '}
          {STATUS_WORDS[active.status].toLowerCase()}.
          {offline ? ' The device is offline: the action goes on when it is heard of again.' : null}
        </p>
      )}
      {control.releaseAt === null ? null : (
        <p>
          Ends by itself: <Time at={control.releaseAt} />
        </p>
      )}
      {control.observedAt === null ? null : (
        <p className="observed">
          Seen on the device as {MODE_WORDS[control.observedMode ?? 'unmanaged'].toLowerCase()}:{' '}
          <Time at={control.observedAt} />
        </p>
      )}
      {control.evidence === null ? null : (
        <details>
          <summary>The last evidence</summary>
          <Evidence evidence={control.evidence} />
        </details>
      )}
      {may('requestActions') ? (
        <>
          <div className="buttons">
            {(['RestrictCodeExecution', 'UnrestrictCodeExecution'] as const).map((type) => (
              <Button
                key={type}
                look={type === mainAction(control) ? 'main' : 'plain'}
                icon={type === 'RestrictCodeExecution' ? 'lock' : 'unlock'}
                isBlocked={active !== null}
                aria-describedby={active === null ? undefined : WAIT}
                onPress={() => setAsking(type)}
              >
                {ACTION_TITLES[type]}
              </Button>
            ))}
          </div>
          {active === null ? null : (
            <p id={WAIT} className="note">
              One action at a time: wait for this one to end, or cancel it below.
            </p>
          )}
        </>
      ) : (
        <p className="note">You may look at this machine, and not restrict or release it.</p>
      )}
      {asking === null ? null : (
        <Suspense>
          <ActionDialog
            type={asking}
            targets={[{ id: machine.id, name: machine.computerDnsName, free: isFree(control) }]}
            onClose={() => setAsking(null)}
          />
        </Suspense>
      )}
    </section>
  );
}
