const known = ['name', 'table', 'key', 'rows', 'done', 'set', 'work'];

/** What is wrong with the shape of a default export that should be a Backfill. */
export function checkShape(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return ['has no definition as its default export'];
  const given = value as Record<string, unknown>;
  const problems = Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key) => `"${key}" is not part of a definition; its parts are ${known.join(', ')}`);
  const text = (key: string, says: string): void => {
    if (!isText(given[key])) problems.push(`${key} is missing: ${says}`);
  };
  text('name', 'what the backfill is called');
  text('table', 'the table whose rows are visited');
  text('rows', "an SQL condition, 'true' for all rows");
  if (isText(given['name']) && !/^[a-z0-9][a-z0-9._-]*$/.test(given['name']))
    problems.push(`name "${given['name']}" has other characters than a-z, 0-9, . _ -`);
  const { key, done, set, work } = given;
  if (!isText(key) && !(Array.isArray(key) && key.length > 0 && key.every(isText)))
    problems.push('key is missing: a column, or a list of columns');
  if (Array.isArray(key) && new Set(key).size < key.length) problems.push('key names a column twice');
  if (!isDone(done)) problems.push("done is missing: 'every-row-visited', 'no-row-left', or { sql: 'a condition' }");
  if ((set === undefined) === (work === undefined)) problems.push('give either set or work');
  if (set !== undefined && !isText(set)) problems.push('set must be the SQL that follows UPDATE … SET');
  if (work !== undefined && !isText(work) && typeof work !== 'function')
    problems.push('work is neither an SQL statement nor a function');
  return problems;
}

function isDone(done: unknown): boolean {
  if (done === 'every-row-visited' || done === 'no-row-left') return true;
  return typeof done === 'object' && done !== null && isText((done as { sql?: unknown }).sql);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
