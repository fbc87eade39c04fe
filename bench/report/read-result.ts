import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UsageError } from '../options.ts';
import type { SavedResult } from './saved-result.ts';

const text = z.string().optional();
const number = z.number().optional();
/** Measures are looked at one by one where they are shown: here it is enough that they are where they belong. */
const part = z.looseObject({}).optional();

const result = z.looseObject({
  format: z.literal(1),
  scenario: z.string(),
  numbers: z.record(z.string(), z.number()),
  camera: z.looseObject({ width: z.number(), height: z.number(), framesPerSecond: z.number() }).optional(),
  environment: z.looseObject({
    date: text,
    commit: text,
    cpu: text,
    cores: number,
    memoryOctets: number,
    kernel: text,
    node: text,
    mediasoup: text,
    worker: text,
    libdatachannel: text,
    loadBefore: number,
  }),
  verdict: z
    .looseObject({
      state: text,
      reasons: z.array(z.string()).optional(),
      remarks: z.array(z.string()).optional(),
    })
    .optional(),
  clients: z
    .looseObject({
      planned: number,
      ready: number,
      failed: z.array(z.looseObject({ index: z.number(), reason: z.string() })).optional(),
    })
    .optional(),
  join: part,
  measured: part,
  memory: part,
  slopes: part,
  footprints: z.array(z.looseObject({ second: z.number() })).optional(),
  timeline: z.array(z.looseObject({ second: z.number(), step: text })).optional(),
});
const repeated = result.extend({ repeats: z.array(result).optional() });

/** @throws UsageError that names the file and what is wrong with it */
export async function readResult(file: string): Promise<SavedResult> {
  const refuse = (why: string) => new UsageError(`${file}: ${why}`);
  let content: unknown;
  try {
    // null stands for what was no number (NaN): as missing as the rest.
    content = JSON.parse(await readFile(file, 'utf8'), (_key, value: unknown) => value ?? undefined);
  } catch (error) {
    if (error instanceof SyntaxError) throw refuse(`is no JSON: ${error.message}`);
    throw refuse(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { format, scenario, situations, systems } = Object(content) as Record<string, unknown>;
  if (format === undefined) throw refuse('is no result of the bench: it has no "format"');
  if (format !== 1) throw refuse(`has format ${JSON.stringify(format)}; this program knows format 1`);
  if (scenario === 'weak-link' || situations !== undefined)
    throw refuse('is a result of weak-link, which has goals and charts of its own');
  if (systems !== undefined) throw refuse('is a result of versus, which is a comparison already');
  const checked = repeated.safeParse(content);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw refuse(`is not what the bench writes: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  // The schema is a loose one on purpose: what it lets through in measures, valueIn() looks at.
  return checked.data as SavedResult;
}
