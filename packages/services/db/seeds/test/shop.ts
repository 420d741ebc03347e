import type { Session } from '@opsgraph/postgres';
import type { DataSet } from '../src/index.ts';

/** Two tables, parent and child, with most of what a table may have. */
export const shopSql = `
CREATE TABLE town (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  country char(2) NOT NULL,
  name varchar(12) NOT NULL,
  people integer CHECK (people >= 0),
  area numeric,
  tags text[],
  founded date,
  note text NOT NULL DEFAULT 'none',
  label text GENERATED ALWAYS AS (name || ', ' || country) STORED,
  UNIQUE (country, name)
);
CREATE TABLE shop (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL UNIQUE,
  town_id bigint NOT NULL REFERENCES town ON DELETE CASCADE,
  opened timestamptz,
  facts jsonb
)`;

export const towns: DataSet = {
  name: 'towns',
  table: 'town',
  file: 'towns.json',
  key: ['country', 'name'],
  columns: { state: 'country' },
};
export const shops: DataSet = {
  name: 'shops',
  table: 'shop',
  file: 'shops.csv',
  key: ['code'],
  references: { town_id: { set: 'towns', match: { country: 'town.state', name: 'town.name' } } },
};

export const townRows = [
  {
    state: 'DE',
    name: 'Bonn',
    people: 330000,
    area: 141.06,
    tags: ['rhine', 'a "quoted", one'],
    founded: '0011-01-01',
  },
  { state: 'FR', name: 'Lyon', people: null, area: 47.87, tags: [], founded: null },
  { state: 'IT', name: 'Bari\tè', people: 320000, area: null, tags: null, founded: null },
];

export const shopRows = `code,town.state,town.name,opened,facts
s1,DE,Bonn,2024-05-01T08:00:00Z,"{""floors"": 2}"
s2,FR,Lyon,,
`;

/** Both tables new and empty, and nothing in the ledger: cheaper than another database. */
export async function freshShop(session: Session): Promise<void> {
  await session.execute(
    'DROP SCHEMA public CASCADE; CREATE SCHEMA public; DELETE FROM ops.seed_load; DELETE FROM ops.seed_state',
  );
  await session.execute(shopSql);
}

/** Everything in both tables, as text that shows each difference. */
export async function contents(session: Session): Promise<unknown> {
  return session.query(
    "SELECT 'town' AS t, id, town::text AS row FROM town UNION ALL SELECT 'shop', id, shop::text FROM shop ORDER BY 1, 2",
  );
}

export const counts = ({
  sets,
}: {
  sets: { name: string; inserted: number; updated: number; unchanged: number }[];
}): unknown =>
  Object.fromEntries(sets.map(({ name, inserted, updated, unchanged }) => [name, [inserted, updated, unchanged]]));
