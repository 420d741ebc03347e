import type { Queries } from '@opsgraph/accounts/verify-key';

export interface Simulation extends Record<string, unknown> {
  name: string;
  model: string;
  place: string;
  country: string;
  status: string | null;
  started_at: Date | null;
}

const columns = `s.name, s.model, p.name AS place, p.country_code AS country, l.status, l.started_at
  FROM simulations s JOIN places p ON p.id = s.place_id JOIN latest_runs l ON l.simulation_id = s.id`;

/** Simulations by name, each with the state of its newest run; at most 100 that follow `after`. */
export function listSimulations(database: Queries, after: string): Promise<Simulation[]> {
  return database.query<Simulation>(`SELECT ${columns} WHERE s.name > $1 ORDER BY s.name LIMIT 100`, [after]);
}

/** One simulation with its parameters and what its newest run computed. */
export async function findSimulation(database: Queries, name: string): Promise<Simulation | undefined> {
  const [found] = await database.query<Simulation>(
    `SELECT s.description, s.parameters, l.finished_at, l.result, ${columns} WHERE s.name = $1`,
    [name],
  );
  return found;
}
