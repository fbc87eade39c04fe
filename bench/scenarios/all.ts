import { lecture } from './lecture.ts';
import { meeting } from './meeting.ts';
import type { Scenario } from './scenario.ts';

export const scenarios: readonly Scenario[] = [meeting, lecture];
