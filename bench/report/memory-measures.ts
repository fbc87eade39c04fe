import { type MeasureGroup, one, row } from './measure.ts';
import type { SavedResult } from './saved-result.ts';

/** What the server holds, what it gives back, and what grows with time. */
export const memoryMeasures: MeasureGroup = {
  name: 'Memory, after garbage collections',
  rows: [
    row(
      'per participant',
      one('octets', 'less', ({ memory: m }) => m?.heapPerParticipant, 'Node heap'),
      one('octets', 'less', ({ memory: m }) => m?.nodeResidentPerParticipant, 'Node RSS'),
      one('octets', 'less', ({ memory: m }) => m?.workerResidentPerParticipant, 'workers RSS'),
    ),
    row(
      'afterwards, of before',
      one('%', 'less', ({ memory: m }) => percent(m?.heapAfter), 'Node heap'),
      one('%', 'less', ({ memory: m }) => percent(m?.workerResidentAfter), 'workers RSS'),
      one('%', 'less', ({ memory: m }) => percent(m?.descriptorsAfter), 'descriptors'),
      one('%', 'less', ({ memory: m }) => percent(m?.handlesAfter), 'handles'),
    ),
    row(
      'growth per hour',
      one('octets', 'less', ({ slopes: s }) => s?.nodeHeap?.perHour, 'Node heap'),
      one('octets', 'less', ({ slopes: s }) => s?.nodeResident?.perHour, 'Node RSS'),
      one('octets', 'less', ({ slopes: s }) => s?.workerResident?.perHour, 'workers RSS'),
      one('pieces', 'less', ({ slopes: s }) => s?.descriptors?.perHour, 'descriptors'),
      one('pieces', 'less', ({ slopes: s }) => s?.handles?.perHour, 'handles'),
    ),
    row(
      'growth beyond chance',
      one('pieces', 'less', ({ slopes: s }) => s && growing(s), 'of these five'),
    ),
  ],
};

function percent(part: number | undefined): number | undefined {
  return part === undefined ? undefined : part * 100;
}

function growing({
  nodeHeap,
  nodeResident,
  workerResident,
  descriptors,
  handles,
}: SavedResult['slopes'] & object) {
  return [nodeHeap, nodeResident, workerResident, descriptors, handles].filter((slope) => slope?.grows)
    .length;
}
