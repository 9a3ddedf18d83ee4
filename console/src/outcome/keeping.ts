import { useEffect } from 'react';
import { keep, kept } from '../parts/kept.ts';
import { FOLLOWED, followed } from './followed.ts';
import { readWritten, written } from './written.ts';

/** Keeps what this tab follows over being loaded anew, for who is signed in and nobody else. */
export function useKeptFollowed(principal: string): void {
  useEffect(() => {
    const save = () => keep(FOLLOWED, written(followed.get(), principal));
    if (followed.get().length === 0) followed.set(readWritten(kept(FOLLOWED), principal, Date.now()));
    // What another person left is gone with that.
    save();
    return followed.subscribe(save);
  }, [principal]);
}
