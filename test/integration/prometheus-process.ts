import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { findProgram } from '../support/chromium.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

export interface Sample {
  metric: Record<string, string>;
  /** time and value */
  value: [number, string];
}

export interface RuleState {
  name: string;
  health: 'ok' | 'err' | 'unknown';
  lastError?: string;
}

export interface AlertState {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  state: 'pending' | 'firing';
}

export interface TargetState {
  health: 'up' | 'down' | 'unknown';
  lastError: string;
}

interface Configuration {
  global: Record<string, string>;
  rule_files: string[];
  scrape_configs: { scrape_timeout?: string; static_configs: { targets: string[] }[] }[];
}

const dashboards = resolve(import.meta.dirname, '../../config/dashboards');

/** Debian's Prometheus with our example configuration, but everything each second and of one server only. */
export class PrometheusProcess {
  readonly #child: ChildProcess;
  readonly #directory: TempDir;
  readonly #url: string;

  /** @param target address and port of the metrics page */
  static async start(target: string): Promise<PrometheusProcess> {
    const program = findProgram('PLENUM_TEST_PROMETHEUS', ['/usr/bin/prometheus'], 'prometheus');
    const directory = await tempDir();
    const file = join(directory.path, 'prometheus.yaml');
    await writeFile(file, await configuration(target));
    const child = spawn(
      program,
      [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(directory.path, 'data')}`,
        '--web.listen-address=127.0.0.1:0',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], cwd: directory.path },
    );
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const address = await until('Prometheus listens', () => {
      if (child.exitCode !== null) return 'nowhere';
      return /msg="Listening on" address=(\S+)/.exec(output)?.[1];
    });
    const prometheus = new PrometheusProcess(child, directory, `http://${address}`);
    try {
      await until('Prometheus is ready', async () => {
        if (child.exitCode !== null) return true;
        return (await fetch(`http://${address}/-/ready`)).ok;
      });
      if (child.exitCode !== null) throw new Error(`Prometheus did not start:\n${output}`);
      return prometheus;
    } catch (error) {
      await prometheus.close();
      throw error;
    }
  }

  private constructor(child: ChildProcess, directory: TempDir, url: string) {
    this.#child = child;
    this.#directory = directory;
    this.#url = url;
  }

  /** @throws with its words when it does not understand the expression */
  async query(expression: string): Promise<Sample[]> {
    const { result } = (await this.#ask(`query?query=${encodeURIComponent(expression)}`)) as {
      result: Sample[];
    };
    return result;
  }

  async rules(): Promise<RuleState[]> {
    const { groups } = (await this.#ask('rules')) as { groups: { rules: RuleState[] }[] };
    return groups.flatMap(({ rules }) => rules);
  }

  async alerts(): Promise<AlertState[]> {
    const { alerts } = (await this.#ask('alerts')) as { alerts: AlertState[] };
    return alerts;
  }

  async targets(): Promise<TargetState[]> {
    const { activeTargets } = (await this.#ask('targets')) as { activeTargets: TargetState[] };
    return activeTargets;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill();
      await ended;
    }
    await this.#directory.remove();
  }

  async #ask(path: string): Promise<unknown> {
    const answer = await fetch(`${this.#url}/api/v1/${path}`);
    const body = (await answer.json()) as { status: string; data: unknown; error?: string };
    if (body.status !== 'success') throw new Error(`${path}: ${body.error}`);
    return body.data;
  }
}

/** The example that operators start from: whatever is wrong in it shows here. */
async function configuration(target: string): Promise<string> {
  const example = parse(await readFile(join(dashboards, 'prometheus.yaml'), 'utf8')) as Configuration;
  return stringify({
    ...example,
    global: { ...example.global, scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: example.rule_files.map((name) => join(dashboards, name)),
    scrape_configs: example.scrape_configs.map((job) => ({
      ...job,
      scrape_timeout: '1s',
      static_configs: [{ targets: [target] }],
    })),
  });
}
