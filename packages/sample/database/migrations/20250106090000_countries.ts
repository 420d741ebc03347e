import type { Knex } from 'knex';

// lint: allow char-column because ISO country codes have exactly two letters

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('countries', (table) => {
    table.specificType('code', 'char(2)').primary().comment('ISO 3166-1 alpha-2');
    table.text('name').notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('countries');
}
