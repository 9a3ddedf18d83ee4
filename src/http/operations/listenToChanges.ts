import { OPERATIONS } from '../../contract/operations.ts';
import { createEventStream } from '../events/stream.ts';
import { Held, handler } from '../handler.ts';

/** Answers until the caller hangs up, may not listen any more, or the server stops. */
export const listenToChanges = handler(
  OPERATIONS.listenToChanges,
  async ({ call, services, readmit }) =>
    new Held('text/event-stream; charset=utf-8', (response) => {
      const stream = createEventStream(response);
      const subscription = services.feed.open(call, readmit, stream);
      return () => stream.begin(subscription);
    }),
);
