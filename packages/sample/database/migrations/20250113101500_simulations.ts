import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('simulations', (table) => {
    table.specificType('id', 'bigint GENERATED ALWAYS AS IDENTITY').primary();
    table.text('name').notNullable().unique({ indexName: 'simulations_name_key' });
    table.bigInteger('place_id').notNullable().references('places.id').index('simulations_place_id');
    table.text('model').notNullable().comment('which model computes it: flood, heat, traffic, …');
    table.jsonb('parameters').notNullable().defaultTo('{}');
    table.text('description').notNullable().defaultTo('');
    table.timestamp('created_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('simulations');
}
