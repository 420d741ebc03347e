import type { Knex } from 'knex';

// lint: allow char-column because ISO country codes have exactly two letters

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('places', (table) => {
    table.specificType('id', 'bigint GENERATED ALWAYS AS IDENTITY').primary();
    table.specificType('country_code', 'char(2)').notNullable().references('countries.code');
    table.text('name').notNullable();
    table
      .text('admin1')
      .notNullable()
      .defaultTo('')
      .comment("GeoNames code of the first-order division; '' where there is none");
    table.text('admin2').notNullable().defaultTo('');
    table.specificType('latitude', 'double precision').notNullable();
    table.specificType('longitude', 'double precision').notNullable();
    // Towns of one name in one district exist: only the position tells them apart.
    table.unique(['country_code', 'admin1', 'admin2', 'name', 'latitude', 'longitude'], {
      indexName: 'places_natural_key',
    });
    table.check('latitude BETWEEN -90 AND 90', [], 'places_latitude_range');
    table.check('longitude BETWEEN -180 AND 180', [], 'places_longitude_range');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('places');
}
