import { parse } from 'yaml';
import { z } from 'zod';

const prefix = 'PLENUM_';
// Not configuration, but ours: where the configuration is, and what set-up, tests and bench pass to their own processes.
const reserved = /^PLENUM_(CONFIG|(WORKER|SETUP|TEST|BENCH|CACHE)(_.*)?)$/;
// Kubernetes gives every container these for a service named plenum.
const orchestration = /^PLENUM_(SERVICE_(HOST|PORT(_.*)?)|PORT(_\d+_.*)?)$/;

export interface Overlay {
  values: unknown;
  /** key path → the variable it came from */
  origins: Map<string, string>;
  problems: string[];
}

/** Lays the environment over what the file says. The variable of a key: PLENUM_ and its path in capitals. */
export function applyEnvironment(
  schema: z.ZodType,
  file: unknown,
  environment: Readonly<Record<string, string | undefined>>,
): Overlay {
  const leaves = new Map(leavesOf(schema).map((leaf) => [variableOf(leaf.path), leaf]));
  const overlay: Overlay = { values: file, origins: new Map(), problems: [] };
  for (const [name, text] of Object.entries(environment)) {
    if (text === undefined || !name.startsWith(prefix) || reserved.test(name)) continue;
    const leaf = leaves.get(name);
    if (leaf) {
      overlay.values = withValue(overlay.values, leaf.path, parseValue(leaf.schema, text));
      overlay.origins.set(leaf.path.join('.'), name);
    } else if (!orchestration.test(name)) {
      overlay.problems.push(`${name}: there is no such setting${suggestion(name, [...leaves.keys()])}`);
    }
  }
  return overlay;
}

export interface Leaf {
  path: string[];
  schema: z.ZodType;
}

/** Every key that carries a value, in the schema's order. */
export function leavesOf(schema: z.ZodType, path: string[] = []): Leaf[] {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodObject)) return [{ path, schema }];
  return Object.entries(inner.shape).flatMap(([key, child]) => leavesOf(child as z.ZodType, [...path, key]));
}

/** http.limits.bodyBytes → PLENUM_HTTP_LIMITS_BODY_BYTES */
export function variableOf(path: readonly string[]): string {
  return prefix + path.map((key) => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()).join('_');
}

export function unwrap(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional) {
    inner = inner.unwrap() as z.ZodType;
  }
  return inner;
}

/** Text where text is meant, else YAML (numbers, true, [lists], null), else a list separated by commas. */
function parseValue(schema: z.ZodType, text: string): unknown {
  if (schema.safeParse(text).success) return text;
  let value: unknown = text;
  try {
    value = parse(text);
  } catch {
    // Not YAML: stays text, and the schema says what it wants.
  }
  if (schema.safeParse(value).success) return value;
  const list = text.split(',').flatMap((item) => item.trim() || []);
  return schema.safeParse(list).success ? list : value;
}

function withValue(values: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const object = typeof values === 'object' && values !== null && !Array.isArray(values) ? values : {};
  return { ...object, [key]: withValue((object as Record<string, unknown>)[key], rest, value) };
}

function suggestion(name: string, known: readonly string[]): string {
  const sharedWith = (other: string) =>
    name.split('_').filter((word) => other.split('_').includes(word)).length;
  const best = known.toSorted((a, b) => sharedWith(b) - sharedWith(a))[0];
  return best && sharedWith(best) > 1 ? ` (did you mean ${best}?)` : '';
}
