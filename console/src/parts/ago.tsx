import { localTime, utcTime } from '../text/time.ts';
import { useAgo } from './now.ts';

/** How long ago, in a row of a list: UTC when pointed at, and instead of it while the row has the focus. */
export function Ago({ at }: { readonly at: string }) {
  const ago = useAgo(at);
  return (
    <time className="ago" dateTime={at} title={`${localTime(at)} local\n${utcTime(at)}`}>
      <span className="relative">{ago}</span>
      <span className="utc">{utcTime(at)}</span>
    </time>
  );
}
