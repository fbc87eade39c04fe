import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import process from 'node:process';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NetworkLab } from './network-lab.ts';

const test = suite('network lab');
const check = NetworkLab.possible ? test : test.skip;
const labs = () => (existsSync('/run/netns') ? readdirSync('/run/netns') : []);

check('two hosts reach each other, and nothing else', async () => {
  const lab = new NetworkLab();
  try {
    const left = await lab.host('left');
    const right = await lab.host('right');
    await lab.link(
      { host: left, name: 'cable', address: '192.168.70.1/24' },
      { host: right, name: 'cable', address: '192.168.70.2/24' },
    );
    const reach = `require('net').connect(9, '192.168.70.2').on('error', (e) => console.log(e.code))`;
    // Nobody listens there: a refusal has come all the way back.
    assert.match(await left.run(process.execPath, '-e', reach), /ECONNREFUSED/);
    assert.match(await left.run(process.execPath, '-e', reach.replace('70.2', '71.2')), /ENETUNREACH/);
  } finally {
    await lab.close();
  }
  assert.not.ok(labs().some((name) => name.includes(`-${process.pid}-`)));
});

check('what a killed process left is removed by the next lab', async () => {
  const module = new URL('./network-lab.ts', import.meta.url).href;
  const code = `const { NetworkLab } = await import('${module}');
    await new NetworkLab().host('orphan');
    console.log(process.pid);
    process.kill(process.pid, 'SIGKILL');`;
  const killed = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code]).catch(
    (error: { stdout: string }) => error,
  );
  const orphan = `plenum-lab-${killed.stdout.trim()}-orphan`;
  assert.ok(labs().includes(orphan));
  await new NetworkLab().close();
  assert.not.ok(labs().includes(orphan));
});

test.run();
