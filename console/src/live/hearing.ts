import type { WireChange } from '../../../src/contract/console.ts';
import type { LiveState } from './pace.ts';

/** What a page does with what it is told. */
export interface Hearing {
  /** Changes are told from now on, and were not before. */
  readonly onBegin: () => void;
  readonly onChange: (change: WireChange) => void;
  /** More has changed than is told, or may have: after every gap. */
  readonly onReload: () => void;
  readonly onState: (state: LiveState) => void;
  /** The stream ended because the session may be over. */
  readonly onEnd: () => void;
}

/** Hears of changes until what is returned is called. */
export type Hear = (hearing: Hearing) => () => void;
