import { useAnswering } from '../wire/answering.ts';
import { useLiveState } from './live-state.ts';
import { LIVE_WORDS } from './pace.ts';

/** Whether what is shown is what is so. */
export function LiveMark() {
  const stream = useLiveState();
  const answering = useAnswering();
  const state = stream === 'live' || answering ? stream : 'away';
  const { word, meaning } = LIVE_WORDS[state];
  return (
    <span className={`live ${state}`} role="status" title={meaning}>
      <span className="dot" aria-hidden="true" />
      <span className="word">{word}</span>
    </span>
  );
}
