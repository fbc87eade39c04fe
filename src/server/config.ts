import { parseDocument } from 'yaml';
import { z } from 'zod';
import { accountSettings } from './accounts/settings.ts';
import { applyEnvironment } from './config-environment.ts';
import { describeIssues } from './config-problems.ts';
import { httpSettings } from './http/settings.ts';
import { logSettings } from './log.ts';
import { mediaSettings } from './media/settings.ts';
import { metricsSettings } from './metrics/settings.ts';
import { natSettings } from './nat/settings.ts';
import { turnSettings } from './nat/turn/settings.ts';
import { roomSettings } from './rooms/settings.ts';
import { signallingSettings } from './signalling/settings.ts';

/**
 * The whole configuration: every folder owns its slice (settings.ts). config/example.yaml shows every key with its default.
 * Any key can also be given as an environment variable: PLENUM_ and the key path, http.limits.bodyBytes → PLENUM_HTTP_LIMITS_BODY_BYTES.
 */
export const configSchema = z.strictObject({
  /** Database, secrets and certificates; relative to the working directory */
  dataDir: z.string().min(1).default('data'),
  log: logSettings.prefault({}),
  http: httpSettings.prefault({}),
  accounts: accountSettings.prefault({}),
  signalling: signallingSettings.prefault({}),
  rooms: roomSettings.prefault({}),
  media: mediaSettings.prefault({}),
  turn: turnSettings.prefault({}),
  nat: natSettings.prefault({}),
  metrics: metricsSettings.prefault({}),
});
export type Config = z.output<typeof configSchema>;

/** What is wrong with the configuration: one line each, with the key path and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Defaults, then the file, then the environment.
 * @param file a YAML text and the name to show in complaints
 * @throws ConfigError
 */
export function loadConfig(
  file: { name: string; text: string } | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Config {
  const fromFile = file ? parseYaml(file.name, file.text) : {};
  const { values, origins, problems } = applyEnvironment(configSchema, fromFile, environment);
  const result = configSchema.safeParse(values);
  const found = result.success ? [] : describeIssues(configSchema, result.error.issues, values, origins);
  if (problems.length > 0 || !result.success) throw new ConfigError([...problems, ...found]);
  return result.data;
}

function parseYaml(name: string, text: string): unknown {
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
  if (document.errors.length > 0)
    throw new ConfigError(document.errors.map((error) => `${name}: ${error.message.trimEnd()}`));
  // maxAliasCount: a few lines of nested aliases must not become gigabytes.
  try {
    return document.toJS({ maxAliasCount: 20 }) ?? {};
  } catch (error) {
    throw new ConfigError([`${name}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}
