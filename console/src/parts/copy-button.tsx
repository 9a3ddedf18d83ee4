import { useState } from 'react';
import { announce } from './announce.tsx';
import { Button } from './button.tsx';

/** Puts a text on the clipboard. @param what names the text to people: "the command" */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      announce(`Copied ${what}.`);
    } catch {
      announce(`The browser did not allow to copy ${what}; select it and copy it by hand.`);
    }
  };
  return (
    <Button icon={copied ? 'check' : 'copy'} onPress={copy} aria-label={`Copy ${what}`}>
      {copied ? 'Copied' : 'Copy'}
    </Button>
  );
}
