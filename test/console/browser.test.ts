/** Every journey through the console, in Chromium: one browser and one server for all, a context for each visit. */
import { existsSync } from 'node:fs';
import { after, before, describe } from 'node:test';
import { CHROMIUM } from '../kit/chromium.ts';
import { type Stage, startStage } from '../kit/console-stage.ts';
import { accessJourneys } from './journeys/access.ts';
import { accessibilityJourneys } from './journeys/accessibility.ts';
import { actionJourneys } from './journeys/actions.ts';
import { hostileJourneys } from './journeys/hostile.ts';
import { keyboardJourneys } from './journeys/keyboard.ts';
import { largeFleetJourneys } from './journeys/large-fleet.ts';
import { liveJourneys } from './journeys/live.ts';
import { oneMachineJourneys } from './journeys/one-machine.ts';
import { outcomeJourneys } from './journeys/outcome.ts';
import { selectionJourneys } from './journeys/selection.ts';
import { signInJourneys } from './journeys/sign-in.ts';
import { troubleJourneys } from './journeys/troubles.ts';
import { widthJourneys } from './journeys/widths.ts';

const skip = existsSync(CHROMIUM) ? false : `needs ${CHROMIUM}`;

describe('the console in a browser', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await startStage();
  });
  after(() => stage?.[Symbol.asyncDispose]());
  const given = () => stage;

  describe('signing in', () => signInJourneys(given));
  describe('one machine', () => oneMachineJourneys(given));
  describe('a selection', () => selectionJourneys(given));
  describe('what came of it', () => outcomeJourneys(given));
  describe('troubles', () => troubleJourneys(given));
  describe('the action center', () => actionJourneys(given));
  describe('access', () => accessJourneys(given));
  describe('hostile texts', () => hostileJourneys(given));
  describe('the keyboard, and a phone', () => keyboardJourneys(given));
  describe('every width', () => widthJourneys(given));
  describe('ten thousand machines', () => largeFleetJourneys(given));
  describe('live', () => liveJourneys(given));
  describe('accessibility', () => accessibilityJourneys(given));
});
