import type { WireEvents } from '../../../src/contract/console.ts';
import type { Hearing } from './hearing.ts';
import { PATIENCE_WITH_STREAM, reopenAfter } from './pace.ts';

/** Hears of changes until it is stopped, over as many connections as that takes. @returns what stops it */
export function hearServer({ onBegin, onChange, onReload, onState, onEnd }: Hearing): () => void {
  let source: EventSource | null = null;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let giving: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  let heard = false;

  const lost = () => {
    onState('reconnecting');
    giving ??= setTimeout(() => onState('polling'), PATIENCE_WITH_STREAM);
  };

  const reopen = () => {
    source?.close();
    clearTimeout(reopening);
    reopening = setTimeout(open, reopenAfter(tries));
    tries += 1;
  };

  const open = () => {
    const opened = new EventSource('/cordon/v1/events');
    source = opened;
    opened.addEventListener('hello', () => {
      clearTimeout(giving);
      giving = undefined;
      tries = 0;
      // What happened in between was told to nobody.
      if (heard) onReload();
      else onBegin();
      heard = true;
      onState('live');
    });
    opened.addEventListener('change', ({ data }) => onChange(JSON.parse(data) as WireEvents['change']));
    opened.addEventListener('reload', onReload);
    opened.addEventListener('end', () => {
      lost();
      onEnd();
      reopen();
    });
    opened.addEventListener('error', () => {
      lost();
      // Refused, not only cut: the browser does not try again by itself.
      if (opened.readyState === EventSource.CLOSED) reopen();
    });
  };

  open();
  const stop = () => {
    clearTimeout(reopening);
    clearTimeout(giving);
    source?.close();
  };
  return stop;
}
