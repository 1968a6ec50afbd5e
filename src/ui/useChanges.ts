/** React components that follow a Lumino signal. */
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

/** Milliseconds in which changes are drawn together. */
const TOGETHER = 50;

/**
 * Render again when a signal comes, and once after connecting: what
 * happened between the first render and that would be missed (an open wallet
 * prompt is the last thing to come for a long time). Things that tell of every
 * byte are drawn twenty times a second.
 */
export function useChanges<S, T>(signal: ISignal<S, T>): void {
  const [, again] = React.useReducer((n: number) => n + 1, 0);
  React.useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const slot = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        again();
      }, TOGETHER);
    };
    signal.connect(slot);
    again();
    return () => {
      clearTimeout(timer);
      signal.disconnect(slot);
    };
  }, [signal]);
}
