import { expect } from 'vitest';
import { type DataSet, planSeed, seed } from '../src/index.ts';
import type { Project } from './project.ts';
import type { Shop } from './use-shop.ts';

export interface Refusal {
  code: string;
  exitCode: number;
  message: string;
  problems: readonly string[];
}

/** What seed refuses with; and nothing is in the tables or in the ledger, and no temporary table is left. */
export async function refusal(
  shop: Shop,
  sets: readonly DataSet[],
  files: Record<string, unknown>,
  prepare: (project: Project) => void = () => {},
): Promise<Refusal> {
  const project = shop.replaceProject(sets, files);
  prepare(project);
  const input = project.input('r1');
  return shop.session(async (session) => {
    const error: unknown = await seed(session, input).then(
      () => new Error('it was accepted'),
      (reason: unknown) => reason,
    );
    await expect(planSeed(session, input)).rejects.toMatchObject({ message: (error as Error).message });
    const left = await session.query(
      "SELECT 'town' FROM town UNION ALL SELECT 'shop' FROM shop UNION ALL SELECT data_set FROM ops.seed_load UNION ALL SELECT data_set FROM ops.seed_state UNION ALL SELECT relname FROM pg_class WHERE relname LIKE 'seed_stage%'",
    );
    expect(left).toEqual([]);
    return error as Refusal;
  });
}
