import type { Io } from '../io.ts';
import { hasColours } from '../io.ts';

/** What a person sees while something takes its time; all of it goes to the error stream. */
export interface Progress {
  /** A line that stays. */
  line(text: string): void;
  /** What is being waited for; only a terminal shows it. */
  status(text: string): void;
  stop(): void;
}

/** A spinner on a terminal, plain lines elsewhere. */
export async function startProgress(io: Io): Promise<Progress> {
  const lines = {
    line: (text: string) => void io.stderr.write(`${text}\n`),
    status: () => {},
    stop: () => {},
  };
  if (io.stderr.isTTY !== true || !hasColours(io.stderr, io.environment)) return lines;
  const { default: yoctoSpinner } = await import('yocto-spinner');
  const spinner = yoctoSpinner({ stream: io.stderr as NodeJS.WriteStream, handleSignals: false });
  return {
    line: (text) => {
      const shown = spinner.isSpinning;
      if (shown) spinner.stop();
      lines.line(text);
      if (shown) spinner.start();
    },
    status: (text) => {
      spinner.text = text;
      if (!spinner.isSpinning) spinner.start();
    },
    stop: () => void (spinner.isSpinning && spinner.stop()),
  };
}
