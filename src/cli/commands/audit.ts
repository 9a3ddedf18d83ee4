import type { Sink } from '../io.ts';
import { grouped, text, value } from '../option.ts';
import { CONNECTION, connect } from '../options/connection.ts';
import { UsageError } from '../usage-error.ts';
import { verb } from '../verb.ts';

export const audit = verb({
  name: 'audit',
  summary: 'write every action with its whole history, for an archive',
  description: `Writes one JSON object per line (NDJSON) to standard output, oldest first: each action with
who did what to it, when, and with what evidence. Needs the permission
Cordon.Audit.Read.All. It reads page after page, however many there are. Run it for a
period that is over before "cordon serve --retain-actions" removes that period.`,
  arguments: [],
  options: {
    ...grouped('Selection', {
      since: value('TIME', 'Only actions requested at this time or later, such as 2026-03-01', parseTime),
      before: value('TIME', 'Only actions requested before this time', parseTime),
      filter: text('ODATA', 'OData $filter over the properties of an action'),
    }),
    ...CONNECTION,
  },
  examples: [
    {
      line: 'cordon audit --since 2026-03-01 --before 2026-04-01 | gzip > 2026-03.ndjson.gz',
      does: 'a month, when it is over',
    },
    {
      line: 'cordon audit --since 2026-03-01 | jq -r \'select(.status == "Failed") | .id\'',
      does: 'ids of what failed',
    },
  ],
  run: async (values, _words, { io }) => {
    const client = await connect(values, io);
    const conditions = [
      ...(values.since === null ? [] : [`creationDateTimeUtc ge ${values.since}`]),
      ...(values.before === null ? [] : [`creationDateTimeUtc lt ${values.before}`]),
      ...(values.filter === null ? [] : [`(${values.filter})`]),
    ];
    const filter = conditions.length === 0 ? undefined : conditions.join(' and ');
    let count = 0;
    for await (const record of client.records({ filter, signal: io.signal })) {
      count += 1;
      await written(io.stdout, `${JSON.stringify(record)}\n`);
    }
    io.stderr.write(`${count} actions were written.\n`);
    return 'done';
  },
});

/** Resolves when more may be written: a reader that is slower than the server must not fill memory. */
function written(sink: Sink, text: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (sink.write(text) === false && sink.once !== undefined) sink.once('drain', resolve);
  else resolve();
  return promise;
}

/** A day or a time of ISO 8601, as an instant in UTC. */
function parseTime(written: string): string {
  const time = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?$/.test(written)
    ? new Date(/T.*\d$/.test(written) && !/[+-]\d{2}:\d{2}$/.test(written) ? `${written}Z` : written)
    : new Date(Number.NaN);
  if (Number.isNaN(time.getTime()))
    throw new UsageError(
      `takes a day or a time such as 2026-03-01 or 2026-03-01T09:00Z; "${written}" is none`,
    );
  return time.toISOString();
}
