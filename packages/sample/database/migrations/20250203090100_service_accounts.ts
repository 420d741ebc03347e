import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('service_accounts', (table) => {
    table.specificType('id', 'bigint GENERATED ALWAYS AS IDENTITY').primary();
    table.text('name').notNullable().unique({ indexName: 'service_accounts_name_key' });
    table.specificType('scopes', 'text[]').notNullable();
    table.specificType('key_lifetime', 'interval').comment('how long each of its keys lives; null: until revoked');
    table.timestamp('created_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
    table.timestamp('revoked_at', { useTz: true });
  });
  await knex.schema.createTable('service_account_keys', (table) => {
    table.specificType('id', 'bigint GENERATED ALWAYS AS IDENTITY').primary();
    table
      .bigInteger('account_id')
      .notNullable()
      .references('service_accounts.id')
      .index('service_account_keys_account');
    table
      .text('public_id')
      .notNullable()
      .unique({ indexName: 'service_account_keys_public_id' })
      .comment('the part of a key that may be seen');
    table.binary('sha256').notNullable().comment('of the whole key, which is stored nowhere');
    table.timestamp('created_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
    table.timestamp('delivered_at', { useTz: true }).comment('null: nobody has been given it');
    table.timestamp('expires_at', { useTz: true });
    table.timestamp('last_used_at', { useTz: true }).comment('exact to a minute');
    table.timestamp('revoked_at', { useTz: true });
    table.check('octet_length(sha256) = 32', [], 'service_account_keys_sha256');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('service_account_keys');
  await knex.schema.dropTable('service_accounts');
}
