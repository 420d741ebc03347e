import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('simulation_runs', (table) => {
    table.specificType('id', 'bigint GENERATED ALWAYS AS IDENTITY').primary();
    table.bigInteger('simulation_id').notNullable().references('simulations.id').onDelete('CASCADE');
    table.timestamp('started_at', { useTz: true }).notNullable();
    table.timestamp('finished_at', { useTz: true });
    table.text('status').notNullable().defaultTo('queued');
    table.jsonb('result').comment('what the model computed; null until it succeeded');
    table.unique(['simulation_id', 'started_at'], { indexName: 'simulation_runs_natural_key' });
    table.check("status IN ('queued', 'running', 'succeeded', 'failed')", [], 'simulation_runs_status');
    table.check('finished_at >= started_at', [], 'simulation_runs_duration');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('simulation_runs');
}
