import { Button, Tooltip, TooltipTrigger } from 'react-aria-components';
import { localTime, relativeTime, utcTime } from '../text/time.ts';
import { useNow } from './now.ts';

/** A moment in the reader's zone; in UTC when pointed at or focused. */
export function Time({ at }: { readonly at: string }) {
  return (
    <TooltipTrigger delay={150} closeDelay={100}>
      <Button className="time" aria-label={`${localTime(at)}, local time`}>
        <time dateTime={at}>{localTime(at)}</time>
      </Button>
      <Tooltip className="tooltip" offset={6}>
        {utcTime(at)}
      </Tooltip>
    </TooltipTrigger>
  );
}

/** How long ago, in a row of a list: UTC when pointed at, and beside it while the row has the focus. */
export function Ago({ at }: { readonly at: string }) {
  const now = useNow();
  return (
    <time className="ago" dateTime={at} title={`${localTime(at)} local\n${utcTime(at)}`}>
      <span className="relative">{relativeTime(at, now)}</span>
      <span className="utc">{utcTime(at)}</span>
    </time>
  );
}
