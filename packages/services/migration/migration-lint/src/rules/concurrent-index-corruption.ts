import type { Rule } from '../rule.ts';

export const concurrentIndexCorruption: Rule = {
  name: 'concurrent-index-corruption',
  summary: 'On PostgreSQL 14.0 to 14.3 concurrent index builds can miss rows',
  *check({ node }, { version }) {
    if (version <= 140000 || version >= 140004) return;
    const isBuild = 'IndexStmt' in node && node.IndexStmt.concurrent;
    const isRebuild =
      'ReindexStmt' in node &&
      node.ReindexStmt.params?.some((one) => 'DefElem' in one && one.DefElem.defname === 'concurrently');
    if (!isBuild && !isRebuild) return;
    yield {
      message: 'this server can leave out rows that are updated during a concurrent build (fixed in 14.4)',
      blocks: 'queries by this index: they can miss rows',
      lasts: 'lasting',
    };
  },
};
