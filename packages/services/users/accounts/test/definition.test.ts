import { describe, expect, it } from 'vitest';
import { chooseDelivery } from '../src/choose-delivery.ts';
import { command } from '../src/command.ts';
import { checkDefinition } from '../src/service-accounts/definition.ts';
import { chooseCredential } from '../src/users/choose-credential.ts';
import { refusal } from './support.ts';

const known = ['simulations:read', 'simulations:write'];
const good = { name: 'importer', scopes: ['simulations:read'], lifetime: 'keep' as const };
const check = (change: object) => checkDefinition({ ...good, ...change }, known);

describe('a definition', () => {
  it('has its scopes once and in order', () => {
    const scopes = ['simulations:write', 'simulations:read', 'simulations:write'];
    expect(check({ scopes }).scopes).toEqual(['simulations:read', 'simulations:write']);
  });

  it.each([
    ['a path', { name: '../../etc/passwd' }, /2 to 63 lower-case letters/],
    ['a path of Windows', { name: 'a\\b' }, /2 to 63 lower-case letters/],
    ['an option', { name: '--name' }, /2 to 63 lower-case letters/],
    ['capitals', { name: 'Importer' }, /2 to 63 lower-case letters/],
    ['a line end', { name: 'importer\n' }, /2 to 63 lower-case letters/],
    ['Cyrillic that looks right', { name: 'imp\u043erter' }, /imp\\u\{43e\}rter/],
    ['no name', { name: '' }, /2 to 63 lower-case letters/],
    ['an endless name', { name: 'a'.repeat(10_000) }, /\(10000 characters\)/],
    ['an unknown scope', { scopes: ['simulations:delete'] }, /the scopes are simulations:read, simulations:write/],
    ['no scope', { scopes: [] }, /no scope/],
    ['an expiry at once', { lifetime: 0 }, /expired at once \(0\)/],
    ['an expiry in the past', { lifetime: -1 }, /expired at once/],
    ['an absurd expiry', { lifetime: 1e14 }, /would live 1157407d.*at most 3650d/],
  ])('with %s is refused', async (_, change, reason) => {
    const { exit, text } = await refusal(async () => check(change));
    expect(exit).toBe('badData');
    expect(text).toMatch(reason);
    expect(text.length).toBeLessThan(400);
  });

  it('tells every problem at once', async () => {
    const { text } = await refusal(async () => check({ name: '/', scopes: ['x', 'y'], lifetime: 1 }));
    expect(text.split('\n')).toHaveLength(6);
  });
});

describe('options', () => {
  const ports = {
    isLogged: false,
    requireSink: async () => {},
    hand: async () => {},
    read: async () => {
      throw new Error('nobody asked for it');
    },
  };

  it('name one way out for a secret, not two', async () => {
    const { exit } = await refusal(async () => chooseDelivery({ out: '/x', sink: 'cmd:x' }, ports));
    expect(exit).toBe('usage');
  });

  it.each(['/here/cmd:vault kv put secret/x -', '/here/file:/run/x', 'cmd:false'])(
    'does not take the sink %s for a file',
    async (out) => {
      const { exit } = await refusal(async () => chooseDelivery({ out, sink: undefined }, ports));
      expect(exit).toBe('usage');
    },
  );

  it('name no way out for a password that is given', async () => {
    const given = { out: '/x', sink: undefined };
    const { exit } = await refusal(async () => chooseCredential('prompt', given, ports));
    expect(exit).toBe('usage');
    expect(chooseCredential('link', given, ports)).toEqual({ kind: 'link', delivery: { to: 'file', path: '/x' } });
  });
});

it('writes commands that can be pasted', () => {
  expect(command('local', 'promote', '--email', 'ana@example.org')).toBe(
    'pnpm --filter users run promote --email ana@example.org',
  );
  expect(command('staging', 'promote', '--email', "miles.o'brien@ds9.example")).toBe(
    "pnpm --filter users run promote --email 'miles.o'\\''brien@ds9.example' --env staging",
  );
});
