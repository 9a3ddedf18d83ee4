import { useState } from 'react';
import { announce } from './announce.tsx';
import { Button } from './button.tsx';

const LABELS = { copy: 'Copy', copied: 'Copied', refused: 'Select it and copy by hand' } as const;

/** Puts a text on the clipboard. @param what names the text to people: "the command" */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [outcome, setOutcome] = useState<keyof typeof LABELS>('copy');
  const copy = async () => {
    try {
      // Browsers give pages that came over plain HTTP no clipboard.
      await navigator.clipboard.writeText(text);
      setOutcome('copied');
      announce(`Copied ${what}.`);
    } catch {
      setOutcome('refused');
      announce(`The browser did not allow to copy ${what}; select it and copy it by hand.`);
    }
  };
  return (
    <Button icon={outcome === 'copied' ? 'check' : 'copy'} onPress={copy} aria-label={`Copy ${what}`}>
      {LABELS[outcome]}
    </Button>
  );
}
