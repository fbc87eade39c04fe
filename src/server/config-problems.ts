import { z } from 'zod';
import { unwrap } from './config-environment.ts';

/** One line for each issue: key path, what is allowed, what was found and where it came from. */
export function describeIssues(
  schema: z.ZodType,
  issues: readonly z.core.$ZodIssue[],
  values: unknown,
  origins: ReadonlyMap<string, string>,
): string[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map(String);
    const key = path.join('.') || '(top level)';
    if (issue.code === 'unrecognized_keys') {
      const allowed = keysAt(schema, path).join(', ');
      return issue.keys.map(
        (unknown) => `${[...path, unknown].join('.')}: there is no such key; allowed here: ${allowed}`,
      );
    }
    const origin = path.map((_, index) => origins.get(path.slice(0, index + 1).join('.'))).findLast(Boolean);
    const found = valueAt(values, path);
    // Groups are not shown: there may be a secret in them.
    const isPlain = (value: unknown) => typeof value !== 'object';
    const show =
      found !== undefined &&
      !isSecret(key) &&
      (isPlain(found) || (Array.isArray(found) && found.every(isPlain)));
    const said = show ? `, found ${JSON.stringify(found)}` : '';
    const rule = issue.code === 'custom' ? issue.message : (ruleOf(schemaAt(schema, path)) ?? issue.message);
    return [`${key}: ${rule}${said}${origin ? ` (from ${origin})` : ''}`];
  });
}

function isSecret(key: string): boolean {
  return /secret|password/i.test(key) && !key.endsWith('File');
}

function ruleOf(schema: z.ZodType | undefined): string | undefined {
  if (!schema) return undefined;
  const json = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as JsonSchema;
  const rule = describe(json);
  return rule && `must be ${rule}`;
}

interface JsonSchema {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  minimum?: number;
  maximum?: number;
  minLength?: number;
}

function describe(json: JsonSchema): string | undefined {
  if (json.anyOf) return json.anyOf.map((part) => describe(part) ?? 'something else').join(' or ');
  if (json.enum) return `one of ${json.enum.map(String).join(', ')}`;
  if (json.const !== undefined) return JSON.stringify(json.const);
  switch (json.type) {
    case 'integer':
      return `a whole number ${range(json)}`.trimEnd();
    case 'number':
      return `a number ${range(json)}`.trimEnd();
    case 'boolean':
      return 'true or false';
    case 'string':
      return json.minLength ? 'a text that is not empty' : 'a text';
    case 'array':
      return `a list; each entry ${describe(json.items ?? {}) ?? 'as in config/example.yaml'}`;
    case 'object':
      return 'a group of keys';
    case 'null':
      return 'null';
    default:
      return undefined;
  }
}

function range({ minimum, maximum }: JsonSchema): string {
  const low = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const high = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (low !== undefined && high !== undefined) return `from ${low} to ${high}`;
  if (low !== undefined) return `from ${low}`;
  return high === undefined ? '' : `up to ${high}`;
}

function schemaAt(schema: z.ZodType, path: readonly string[]): z.ZodType | undefined {
  let inner: z.ZodType | undefined = schema;
  for (const key of path) {
    const outer: z.ZodType | undefined = inner && unwrap(inner);
    if (outer instanceof z.ZodObject) inner = outer.shape[key] as z.ZodType | undefined;
    else if (outer instanceof z.ZodArray) inner = outer.element as z.ZodType;
    else return undefined;
  }
  return inner && unwrap(inner);
}

function keysAt(schema: z.ZodType, path: readonly string[]): string[] {
  const found = schemaAt(schema, path);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function valueAt(values: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], values);
}
