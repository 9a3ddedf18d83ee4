import { type Verb, verb } from '../verb.ts';

/** Shows the licences of everything an executable carries. @param text makes the text */
export const licences = (text: () => string): Verb =>
  verb({
    name: 'licences',
    summary: 'show the licences of everything in this file',
    description: 'Shows the licence of Cordon, of the Node.js in this file, and of each package in it.',
    arguments: [],
    options: {},
    examples: [{ line: 'cordon-agent licences', does: 'all of them' }],
    run: async (_values, _words, { io }) => {
      io.stdout.write(text());
      return 'done';
    },
  });
