import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('users', (table) => {
    table.specificType('id', 'bigint GENERATED ALWAYS AS IDENTITY').primary();
    table.text('email').notNullable();
    table.text('name').notNullable().defaultTo('');
    table.text('role').notNullable().defaultTo('user');
    table.text('password_hash').comment('argon2id as a PHC string; null while no password is set');
    table.binary('reset_token_hash').comment('SHA-256 of a one-time sign-in token');
    table.timestamp('reset_token_expires_at', { useTz: true });
    table.timestamp('disabled_at', { useTz: true });
    table.timestamp('created_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
    table.check("role IN ('user', 'admin')", [], 'users_role');
    table.check('(reset_token_hash IS NULL) = (reset_token_expires_at IS NULL)', [], 'users_reset_token');
  });
  // One person is one row, however the address is written.
  await knex.raw('CREATE UNIQUE INDEX users_email_key ON users (lower(email))');
  await knex.raw('CREATE UNIQUE INDEX users_reset_token_key ON users (reset_token_hash)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('users');
}
