import type {
  CallToolResult,
  InputRequiredResult,
  ServerContext,
  StandardSchemaWithJSON,
  ToolAnnotations,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { Client } from '../sdk/client.ts';
import type { Approvals } from './approval.ts';

/** What a tool works with. */
export interface ToolWorld {
  readonly api: Client;
  readonly approvals: Approvals;
  readonly context: ServerContext;
}

/** What a tool answers: an object after its schema, and a few lines that say the same. */
export interface Answer {
  readonly output: Record<string, unknown>;
  readonly text: string;
}

/** One tool: all that its listing shows, and what it does. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: StandardSchemaWithJSON;
  readonly output: StandardSchemaWithJSON;
  /** True for one that changes something: listed under `--allow-actions` only. */
  readonly acts: boolean;
  readonly annotations: ToolAnnotations;
  run(input: unknown, world: ToolWorld): Promise<Answer | InputRequiredResult>;
}

const READS: ToolAnnotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
/** Each request is an action of its own in the history, so a repetition is not the same as one. */
const ACTS: ToolAnnotations = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: false,
};

interface ToolRow<I extends z.ZodType, O extends z.ZodType> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: I;
  readonly output: O;
  run(
    input: z.output<I>,
    world: ToolWorld,
  ): Promise<{ readonly output: z.input<O>; readonly text: string } | InputRequiredResult>;
}

const toolOf =
  (acts: boolean, annotations: ToolAnnotations) =>
  <I extends z.ZodType, O extends z.ZodType>(row: ToolRow<I, O>): Tool => ({
    ...row,
    acts,
    annotations,
    run: (input, world) => row.run(input as z.output<I>, world) as Promise<Answer | InputRequiredResult>,
  });

export const reading = toolOf(false, READS);
export const acting = toolOf(true, ACTS);

/** How many entries a list shows. */
export const LIMIT = z
  .int()
  .min(1)
  .max(100)
  .default(25)
  .describe('At most this many entries; "more" says whether there are others');

/** A machine as an assistant names it. */
export const MACHINE_NAME = z
  .string()
  .min(1)
  .max(253)
  .refine((text) => text !== '.' && text !== '..', 'is no name')
  .describe('Full DNS name or id of the machine, as list_machines shows it');

export const ACTION_ID = z.guid().describe('Id of the action, as list_actions shows it');

export const isAnswer = (result: Answer | InputRequiredResult): result is Answer => 'output' in result;

export const resultOf = ({ output, text }: Answer): CallToolResult => ({
  structuredContent: output,
  content: [{ type: 'text', text }],
});
