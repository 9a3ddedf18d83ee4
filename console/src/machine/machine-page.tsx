import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { isActive } from '../control/words.ts';
import { useLiveState } from '../live/live-state.ts';
import { pollingPace } from '../live/pace.ts';
import { hasFlag } from '../machines/flags.ts';
import { readSummaries } from '../machines/read.ts';
import { Empty } from '../parts/empty.tsx';
import { PageHeading } from '../parts/page-heading.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Text } from '../parts/text.tsx';
import { useTitle } from '../parts/title.ts';
import { lastAddress } from '../parts/use-view.ts';
import { useSession } from '../session/session.ts';
import { spelledOut } from '../text/visible.ts';
import { ControlCard } from './control-card.tsx';
import { Facts } from './facts.tsx';
import { readMachine, readTimeline, TIMELINE } from './read.ts';
import { TimelineEntry } from './timeline.tsx';

/** All about one machine. */
export function MachinePage({ id }: { readonly id: string }) {
  const { ended } = useSession();
  const pace = pollingPace(useLiveState(), 0);
  const options = { enabled: !ended, refetchInterval: pace } as const;
  const machine = useQuery({ queryKey: ['machine', id], queryFn: () => readMachine(id), ...options });
  const timeline = useQuery({
    queryKey: ['machine', id, 'timeline'],
    queryFn: () => readTimeline(id),
    ...options,
  });
  // Whether a device is heard of is told by the summaries alone, and as in the list.
  const summary = useQuery({
    queryKey: ['machine', id, 'summary'],
    queryFn: async () => (await readSummaries([id]))[0] ?? null,
    ...options,
  });
  const offline = summary.data != null && hasFlag(summary.data, 'offline');
  const name = machine.data?.computerDnsName;
  useTitle(name === undefined ? 'Machine' : spelledOut(name));

  const actions = timeline.data?.value ?? [];
  const count = timeline.data?.['@odata.count'] ?? actions.length;
  return (
    <div className="page machine-page">
      <nav aria-label="Way back">
        <Link href={lastAddress('/machines')} className="back">
          ‹ Machines
        </Link>
      </nav>
      {machine.data === undefined ? (
        machine.error === null ? (
          <Empty title="Reading the machine …" />
        ) : (
          <>
            <PageHeading unseen>Machine</PageHeading>
            <ProblemNote
              error={machine.error}
              what="The machine cannot be shown."
              again={() => void machine.refetch()}
            />
          </>
        )
      ) : (
        <>
          <PageHeading>
            <Text value={machine.data.computerDnsName} />
          </PageHeading>
          {machine.error === null ? null : (
            <p className="stale" role="status">
              The server does not answer; what you see may be old. The page tries again by itself.
            </p>
          )}
          <div className="columns">
            <div className="first">
              <ControlCard
                machine={machine.data}
                active={actions.find(({ status }) => isActive(status)) ?? null}
                last={actions[0] ?? null}
                offline={offline}
              />
              <section className="card timeline" aria-labelledby="timeline-title">
                <h2 id="timeline-title">What was done</h2>
                {timeline.error !== null ? (
                  <ProblemNote error={timeline.error} what="The actions cannot be shown." />
                ) : null}
                {timeline.isSuccess && actions.length === 0 ? (
                  <Empty title="Nothing was done to this machine." />
                ) : null}
                <ol>
                  {actions.map((action, index) => (
                    <TimelineEntry key={action.id} action={action} open={index === 0} />
                  ))}
                </ol>
                {count > TIMELINE ? (
                  <p className="note">
                    These are the newest {TIMELINE} of {count}.{' '}
                    <Link href={`/actions?$filter=${encodeURIComponent(`machineId eq '${id}'`)}`}>
                      All in the action center
                    </Link>
                  </p>
                ) : null}
              </section>
            </div>
            <Facts machine={machine.data} offline={offline} />
          </div>
        </>
      )}
    </div>
  );
}
