import { grouped, required, text, value } from '../option.ts';
import { OUTPUT, writeJson } from '../options/output.ts';
import { type Column, writeTable } from '../show/table.ts';
import { parseDatabaseUrl } from '../values.ts';
import { verb } from '../verb.ts';

interface CopiedRow {
  readonly table: string;
  readonly rows: number;
  readonly digest: string;
}

const COLUMNS: Column<CopiedRow>[] = [
  { title: 'TABLE', text: (row) => row.table, give: 0 },
  { title: 'ROWS', text: (row) => String(row.rows), give: 0 },
  { title: 'SHA-256', text: (row) => row.digest, give: 1 },
];
/** Milliseconds between two lines of progress. */
const PROGRESS_EVERY = 1000;

export const storeCopy = verb({
  name: 'copy',
  summary: 'move an installation from a data directory into a PostgreSQL database',
  description: `Copies all tables of a server that does not run into an empty database, reads them back, and
compares counts and digests. The copy begins a new epoch, so that devices take its state as
the truth. Interrupted, it can be run again with the same words; no server serves half a
copy. The source is left as it is: start it no more, or two servers want different things
of the same devices.`,
  arguments: [],
  options: {
    ...grouped('Storage', {
      from: required(text('DIR', 'Directory of "cordon serve --data"')),
      to: {
        ...required(
          value(
            'ADDRESS',
            'Empty PostgreSQL database, postgres://USER:PASSWORD@HOST/DATABASE; the variable keeps it out of the process list',
            parseDatabaseUrl,
          ),
        ),
        variable: 'CORDON_DATABASE_URL',
      },
    }),
    ...OUTPUT,
  },
  examples: [
    {
      line: 'cordon store copy --from /var/lib/cordon --to postgres://db.example.org/cordon',
      does: 'after the server was stopped; PGUSER and PGPASSWORD say who',
    },
    {
      line: 'cordon store copy --from /var/lib/cordon --to postgres://db.example.org/cordon --json',
      does: 'counts and digests for a record of the move',
    },
  ],
  run: async (values, _words, { io, runners }) => {
    let [rows, told] = [0, io.now()];
    const copied = await runners.storeCopy({ from: values.from, to: values.to }, io.signal, (table, more) => {
      rows += more;
      if (io.now() - told < PROGRESS_EVERY) return;
      told = io.now();
      io.stderr.write(`${rows} rows copied, now ${table}\n`);
    });
    io.stderr.write(`${rows} rows copied and compared; epoch ${copied.epoch}\n`);
    if (values.json) writeJson(io, copied);
    else await writeTable(io, COLUMNS, copied.tables);
    return 'done';
  },
});
