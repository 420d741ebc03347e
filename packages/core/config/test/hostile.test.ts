import { hostileStrings } from '@opsgraph/shell/testing';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { hosts, variables } from '../src/sections/deployment/keys.ts';

const place = { root: '/project', environment: 'staging' } as never;
const strings = hostileStrings(10_000, '/tmp/opsgraph-executed');

/** What a name on a command line of ssh may be made of. */
const harmless = /^[A-Za-z0-9_][A-Za-z0-9_.@:[\]-]*$/;

/** How many of them are refused, of 10,000. */
const validators: [string, number, (text: string) => unknown][] = [
  ['the name of a host', 9957, (text) => ({ [text]: {} })],
  ['an address', 9957, (text) => ({ one: { ssh: text } })],
  ['a jump host', 9957, (text) => ({ one: { ssh: 'web-1', jump: text } })],
  ['a role', 9957, (text) => ({ one: { roles: [text] } })],
];

it.each(validators)('refuses as %s all of 10,000 hostile strings (%i) but harmless ones', (_, refused, entry) => {
  const schema = hosts.schema(v, place);
  const accepted = strings.filter((text) => v.safeParse(schema, entry(text)).success);
  expect(accepted.filter((text) => !harmless.test(text))).toEqual([]);
  expect(strings.length - accepted.length).toBe(refused);
});

it('refuses as the name of a variable all that the shell does not take as one', () => {
  const schema = variables.schema(v, place);
  const accepted = strings.filter((text) => v.safeParse(schema, { [text]: 'value' }).success);
  expect(accepted.filter((text) => !/^[A-Z][A-Z0-9_]*$/.test(text))).toEqual([]);
});
