export const migrations = `
`;
