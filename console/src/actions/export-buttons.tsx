import { useRef, useState } from 'react';
import { announce } from '../parts/announce.tsx';
import { Button } from '../parts/button.tsx';
import { useMay } from '../session/session.ts';
import { counted, grouped } from '../text/count.ts';
import { asProblem } from '../wire/problem.ts';
import { exportActions, type Format } from './export.ts';
import { save } from './save.ts';

interface Props {
  readonly filter: string;
  readonly order: string;
  /** Actions of the view. */
  readonly count: number;
}

/** The view as a file; says how far it is, and can be given up. */
export function ExportButtons({ filter, order, count }: Props) {
  const withHistory = useMay()('exportActions');
  const [read, setRead] = useState<number | null>(null);
  const running = useRef<AbortController>(null);

  const run = async (format: Format) => {
    const controller = new AbortController();
    running.current = controller;
    setRead(0);
    try {
      const file = await exportActions({
        format,
        filter,
        order,
        withHistory,
        signal: controller.signal,
        onProgress: setRead,
      });
      save(file, `cordon-actions-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}Z.${format}`);
      announce(`The export is done: ${counted(count, 'action')}.`);
    } catch (error) {
      announce(
        controller.signal.aborted
          ? 'The export was given up.'
          : `The export came to nothing: ${asProblem(error).message}`,
      );
    } finally {
      setRead(null);
    }
  };

  if (read !== null) {
    return (
      <div className="export">
        <progress aria-label="Export" value={read} max={Math.max(count, 1)} />
        <span>
          {grouped(read)} of {grouped(count)}
        </span>
        <Button onPress={() => running.current?.abort()}>Give up</Button>
      </div>
    );
  }
  return (
    <div className="export">
      <Button
        icon="export"
        aria-label="Export as CSV"
        onPress={() => void run('csv')}
        isDisabled={count === 0}
      >
        CSV
      </Button>
      <Button
        icon="export"
        aria-label="Export as JSON"
        onPress={() => void run('json')}
        isDisabled={count === 0}
      >
        JSON
      </Button>
    </div>
  );
}
