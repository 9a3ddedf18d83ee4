#!/usr/bin/env node
import { HEADINGS } from '../cli/commands/index.ts';
import { runCommandLine } from '../cli/run.ts';
import { processIo } from './process-io.ts';
import { RUNNERS } from './runners.ts';
import { programText } from './text.ts';

process.exitCode = await runCommandLine(
  process.argv.slice(2),
  HEADINGS,
  programText(),
  RUNNERS,
  processIo(process),
);
