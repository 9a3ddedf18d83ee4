import type { WireChange } from '../../../src/contract/console.ts';
import type { Hear, Hearing } from './hearing.ts';
import { type LiveState, PATIENCE_WITH_STREAM } from './pace.ts';

/** Names the lock of the page that leads, and the channel by which it tells the others. */
const NAME = 'cordon-changes';

/** What pages of one browser say to each other. */
type Word =
  | { readonly word: 'ask' }
  | { readonly word: 'state'; readonly state: LiveState }
  | { readonly word: 'change'; readonly change: WireChange }
  | { readonly word: 'begin' | 'reload' | 'end' };

/**
 * Hears of changes as `hear` does by itself, over one connection for all pages of a browser: one page leads, and the
 * others are told by it. A browser opens six connections to a server of HTTP/1.1, and as many pages with a stream each
 * would leave none for their calls. Where pages cannot find each other, as at an address of plain HTTP that is not this
 * machine's, each has a stream of its own.
 * @returns what stops it; another page leads then
 */
export function hearTogether(hearing: Hearing, hear: Hear): () => void {
  if (!('locks' in navigator)) return hear(hearing);
  const channel = new BroadcastChannel(NAME);
  const stopping = new AbortController();
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  let begun = false;
  let leads = false;
  let state: LiveState = 'reconnecting';
  // A page that leads and says nothing, as one of another version might.
  const patience = setTimeout(() => hearing.onState('polling'), PATIENCE_WITH_STREAM);

  const begin = () => {
    if (begun) hearing.onReload();
    else hearing.onBegin();
    begun = true;
  };
  const take = (said: Word) => {
    if (said.word === 'change') hearing.onChange(said.change);
    else if (said.word === 'begin') begin();
    else if (said.word === 'reload') hearing.onReload();
    else if (said.word === 'end') hearing.onEnd();
    else if (said.word === 'state') {
      clearTimeout(patience);
      state = said.state;
      hearing.onState(state);
      if (state === 'live' && !begun) begin();
    } else if (leads) channel.postMessage({ word: 'state', state } satisfies Word);
  };
  const tell = (said: Word) => {
    take(said);
    channel.postMessage(said);
  };

  const lead = async () => {
    leads = true;
    const stopHearing = hear({
      onBegin: () => tell({ word: 'begin' }),
      onChange: (change) => tell({ word: 'change', change }),
      onReload: () => tell({ word: 'reload' }),
      onState: (now) => tell({ word: 'state', state: now }),
      onEnd: () => tell({ word: 'end' }),
    });
    await stopped;
    stopHearing();
  };

  channel.onmessage = ({ data }: { readonly data: Word }) => take(data);
  channel.postMessage({ word: 'ask' } satisfies Word);
  navigator.locks.request(NAME, { signal: stopping.signal }, lead).catch(() => {
    // Given up while another page led.
  });

  return () => {
    clearTimeout(patience);
    channel.close();
    stopping.abort();
    stop();
  };
}
