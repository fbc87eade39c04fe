import type { SavedResult } from './saved-result.ts';

export interface VerdictText {
  tone: 'good' | 'doubtful' | 'bad';
  title: string;
  reasons: string[];
  remarks: string[];
}

/** Whether the numbers can be believed, in words. */
export function verdictText({ verdict, repeats }: SavedResult): VerdictText {
  const what = repeats?.length ? 'The repeated run' : 'The run';
  const reasons = [...(verdict?.reasons ?? [])];
  const remarks = [...(verdict?.remarks ?? [])];
  switch (verdict?.state) {
    case 'valid':
      return { tone: 'good', title: `${what} is valid`, reasons, remarks };
    case 'harness-limited':
      return {
        tone: 'doubtful',
        title: `${what} is harness-limited`,
        reasons: [...reasons, 'These numbers show the limit of the load clients, not of the server.'],
        remarks,
      };
    case 'invalid':
      return { tone: 'bad', title: `${what} is invalid`, reasons, remarks };
    default:
      return { tone: 'doubtful', title: `${what} has no verdict`, reasons, remarks };
  }
}
