import type { TimeSource } from '../../src/server/time-source.ts';

/** 2026-03-02T09:15:20Z, where a stepped time begins. */
export const BEGINNING = Date.UTC(2026, 2, 2, 9, 15, 20);

/** A time that stands still until it is told to move. */
export interface SteppedTime extends TimeSource {
  /** Lets time pass: both clocks move, as they do in an honest machine. */
  step(milliseconds: number): void;
  /** Moves the wall clock alone, as somebody does who sets it. */
  jump(milliseconds: number): void;
}

export function createSteppedTime(beginning = BEGINNING): SteppedTime {
  let wall = beginning;
  let monotonic = 1000;
  return {
    wall: () => wall,
    monotonic: () => monotonic,
    step(milliseconds) {
      wall += milliseconds;
      monotonic += milliseconds;
    },
    jump(milliseconds) {
      wall += milliseconds;
    },
  };
}
