import { Button, Tooltip, TooltipTrigger } from 'react-aria-components';
import { localTime, utcTime } from '../text/time.ts';

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
