import { flag, grouped, value } from '../option.ts';
import { parseDuration } from '../values.ts';

export const WAITING = grouped('Waiting', {
  wait: flag(
    'Stay until the action is final, showing each status; the exit status tells success from failure',
  ),
  timeout: {
    ...value(
      'DURATION',
      'With --wait: give up after this long, with exit status 4; the action goes on',
      parseDuration,
    ),
    presetText: 'none',
  },
});
