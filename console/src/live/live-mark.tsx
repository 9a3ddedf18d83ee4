import { useLiveState } from './live-state.ts';
import { LIVE_WORDS } from './pace.ts';

/** Whether what is shown is what is so. */
export function LiveMark() {
  const state = useLiveState();
  const { word, meaning } = LIVE_WORDS[state];
  return (
    <span className={`live ${state}`} role="status" title={meaning}>
      <span className="dot" aria-hidden="true" />
      <span className="word">{word}</span>
    </span>
  );
}
