import { readFile, writeFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RequestName, Role } from '../../src/protocol/messages.ts';
import { rightsOf } from '../../src/server/accounts/rights.ts';
import { rows } from '../../src/server/signalling/dispatch.ts';

const test = suite('message reference');
const readme = new URL('../../src/protocol/README.md', import.meta.url);
const between = /(<!-- messages:begin -->\n)[\s\S]*?(<!-- messages:end -->)/;
const roles: Role[] = ['moderator', 'participant', 'viewer'];

function reference(): string {
  const lines = (Object.keys(rows) as RequestName[]).map((name) => {
    const { state, right, does } = rows[name];
    const who = right === 'none' ? 'everybody' : roles.filter((role) => rightsOf(role).has(right)).join(', ');
    return `| \`${name}\` | ${does} | ${state} | ${right === 'none' ? '–' : `\`${right}\``} | ${who} |`;
  });
  return `${['| request | what it does | state | right | who has it |', '|---|---|---|---|---|', ...lines].join('\n')}\n`;
}

// To write it after a change of the table: PLENUM_WRITE_REFERENCE=yes node test/protocol/message-reference.test.ts
test('the reference in the README is the dispatch table', async () => {
  const text = await readFile(readme, 'utf8');
  assert.match(text, between);
  const wanted = text.replace(between, (_all, begin: string, end: string) => `${begin}${reference()}${end}`);
  if (process.env.PLENUM_WRITE_REFERENCE) await writeFile(readme, wanted);
  else assert.is(text, wanted);
});

test.run();
