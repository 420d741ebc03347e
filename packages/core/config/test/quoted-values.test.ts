import { expect, it } from 'vitest';
import { describeValue, looksSecret } from '../src/declare/describe-problem.ts';

it.each([
  'postgres://ana:sek?retFFF@host/x',
  'postgres://ana:sek/retFFF@host/x',
  'postgres://ana:sek retFFF@host/x',
  'postgres://ana:sek@retFFF@host/x',
  'root:retFFF@host',
  'host=db password=retFFF',
  'PASSWORD: retFFF',
  '-----BEGIN PRIVATE KEY-----\nretFFF\n-----END PRIVATE KEY-----',
  'ghp_16C7e42F292c6912E7710c838347Ae178B4aretFFF',
])('a message does not quote %j', (value) => {
  expect(describeValue(value)).not.toContain('retFFF');
});

it.each([
  ['abc', '"abc"'],
  ['root@host:2222', '"root@host:2222"'],
  ['config/seeds/places.json', '"config/seeds/places.json"'],
  ['https://example.org/path', '"https://example.org/path"'],
  [12, '12'],
])('but does quote %j', (value, shown) => {
  expect([describeValue(value), looksSecret(value)]).toEqual([shown, false]);
});
