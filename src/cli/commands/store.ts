import type { StoreBackupOptions, StoreBackupReport } from '../../contract/run-options.ts';
import type { Io } from '../io.ts';
import { grouped, required, text } from '../option.ts';
import { OUTPUT, writeJson } from '../options/output.ts';
import type { StoreBackup } from '../runners.ts';
import { startProgress } from '../show/progress.ts';
import { type VerbGroup, verb } from '../verb.ts';
import { storeCopy } from './store-copy.ts';

const DATA = grouped('Storage', {
  data: required(text('DIR', "Directory of the server's database")),
});

const backup = verb({
  name: 'backup',
  summary: 'copy the database into a file, also while a server serves it',
  description: `Copies the database as it is at one moment and checks the copy; the server goes on serving
and waits for nothing. Run it as the user that runs the server. FILE must not exist; it
appears when it is whole, readable by its owner only. Guard it like the database: it holds
the server's private keys.`,
  arguments: [{ name: 'FILE', description: 'File that is made' }],
  options: { ...DATA, ...OUTPUT },
  examples: [
    {
      line: 'cordon store backup /backup/cordon-2026-03-01.db --data /var/lib/cordon',
      does: 'once a day, from a timer that puts the date into the name',
    },
    {
      line: 'cordon store backup /backup/cordon.db --data /var/lib/cordon --json | jq .actions',
      does: 'how many actions it holds',
    },
  ],
  run: async (values, [file = ''], { io, runners }) => {
    const report = await copied(runners.storeBackup, { data: values.data, file }, io);
    tell(`${file} holds`, report, values.json, io);
    return 'done';
  },
});

const restore = verb({
  name: 'restore',
  summary: 'make the database of a new data directory from a backup',
  description: `Checks the backup and makes the database of --data from it, where there must be none. The
server that is started on it begins a new epoch: devices take what the backup wants of
them, though they have carried out newer orders. What happened after the backup is unknown
to it. Refused are a damaged file, one of a newer Cordon, and what an emulator made.`,
  arguments: [{ name: 'FILE', description: 'A backup, or the cordon.db of a copied directory' }],
  options: { ...DATA, ...OUTPUT },
  examples: [
    {
      line: 'cordon store restore /backup/cordon-2026-03-01.db --data /var/lib/cordon',
      does: 'then start the server as before',
    },
    {
      line: 'cordon store restore /backup/copied/cordon.db --data ./tried',
      does: 'try whether a backup can be restored, beside the server',
    },
  ],
  run: async (values, [file = ''], { io, runners }) => {
    const report = await copied(runners.storeRestore, { data: values.data, file }, io);
    tell(`${values.data} holds`, report, values.json, io);
    if (!values.json)
      io.stderr.write(
        'Start the server on it; then look through "cordon machines" and ask again for the mode that each should be in.\n',
      );
    return 'done';
  },
});

async function copied(copy: StoreBackup, options: StoreBackupOptions, io: Io): Promise<StoreBackupReport> {
  const progress = await startProgress(io);
  try {
    return await copy(options, ({ done, total }) =>
      progress.status(`copying: ${Math.floor((100 * done) / Math.max(1, total))} %`),
    );
  } finally {
    progress.stop();
  }
}

function tell(what: string, report: StoreBackupReport, json: boolean, io: Io): void {
  if (json) writeJson(io, report);
  else
    io.stdout.write(
      `${what} ${report.actions} actions of ${report.machines} machines, ${(report.bytes / 1e6).toFixed(1)} MB, checked.\n`,
    );
}

export const store: VerbGroup = {
  name: 'store',
  summary: 'back up, restore and move what a server has stored',
  description: 'Works on the database itself and asks no server.',
  verbs: [backup, restore, storeCopy],
};
