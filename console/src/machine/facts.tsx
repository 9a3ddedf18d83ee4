import { type ReactNode, Suspense, useState } from 'react';
import type { WireMachineState } from '../../../src/contract/cordon.ts';
import { OfflineBadge } from '../parts/badge.tsx';
import { late } from '../parts/late.ts';
import { Text } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import { useMay } from '../session/session.ts';

const PlaceDialog = late(() => import('./place-dialog.tsx').then((all) => all.PlaceDialog));

/** What the device told of itself: attributes, no proof of identity. */
export function Facts({
  machine,
  offline,
}: {
  readonly machine: WireMachineState;
  /** Whether the device is not heard of. */
  readonly offline: boolean;
}) {
  const drivers = machine.drivers.map(({ driver, version }) =>
    version === null ? driver : `${driver} ${version}`,
  );
  return (
    <section className="card facts" aria-labelledby="facts-title">
      <h2 id="facts-title">Facts</h2>
      <dl>
        <Fact name="Health">{machine.healthStatus}</Fact>
        <Fact name="Last seen">
          {offline ? <OfflineBadge /> : null}
          <Time at={machine.lastSeen} />
        </Fact>
        <Fact name="First seen">
          <Time at={machine.firstSeen} />
        </Fact>
        <Fact name="Platform">
          <Told values={[machine.osPlatform, machine.version ?? machine.osVersion, machine.osArchitecture]} />
        </Fact>
        <Fact name="Group">
          {machine.rbacGroupName === null ? 'none' : <Text value={machine.rbacGroupName} />}
          <span className="none">{machine.groupPlaced ? ' (put there by hand)' : ' (by the rules)'}</span>
          <Place machine={machine} />
        </Fact>
        <Fact name="Tags">
          {machine.machineTags.length === 0
            ? 'none'
            : machine.machineTags.map((tag) => (
                <span key={tag} className="tag">
                  <Text value={tag} />
                </span>
              ))}
        </Fact>
        <Fact name="Address">
          <Told values={[machine.lastIpAddress, machine.lastExternalIpAddress]} />
        </Fact>
        <Fact name="Agent">
          <Told values={[machine.agentVersion, ...drivers]} />
        </Fact>
        {machine.drivers.flatMap(({ driver, readiness }) =>
          readiness === undefined || readiness.state === 'ready'
            ? []
            : [
                <Fact key={driver} name="Readiness">
                  <Text value={`${readiness.state}: ${readiness.detail}`} />
                </Fact>,
              ],
        )}
        {machine.isPotentialDuplication ? (
          <Fact name="Duplicate">Hardware that is known already was enrolled again.</Fact>
        ) : null}
        <Fact name="Id">
          <code>{machine.id}</code>
        </Fact>
      </dl>
    </section>
  );
}

function Place({ machine }: { readonly machine: WireMachineState }) {
  const may = useMay();
  const [placing, setPlacing] = useState(false);
  if (!may('placeMachine', 'unplaceMachine', 'listGroups')) return null;
  return (
    <>
      {' '}
      <button type="button" className="link" onClick={() => setPlacing(true)}>
        Change the group
      </button>
      {placing ? (
        <Suspense>
          <PlaceDialog machine={machine} onClose={() => setPlacing(false)} />
        </Suspense>
      ) : null}
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Told({ values }: { readonly values: readonly (string | null)[] }) {
  const told = values.filter((value) => value !== null && value !== '');
  return told.length === 0 ? 'not told' : <Text value={told.join(' · ')} />;
}
