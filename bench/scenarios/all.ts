import { audio } from './audio.ts';
import { churn, soak } from './churn.ts';
import { joinStorm } from './join-storm.ts';
import { lecture } from './lecture.ts';
import { meeting } from './meeting.ts';
import { relay } from './relay.ts';
import { rooms } from './rooms.ts';
import type { Scenario } from './scenario.ts';

export const scenarios: readonly Scenario[] = [meeting, lecture, audio, rooms, joinStorm, churn, soak, relay];

/** What any media server can do: one meeting, and everybody stays. */
export const comparableScenarios: readonly Scenario[] = [lecture, meeting, audio];
