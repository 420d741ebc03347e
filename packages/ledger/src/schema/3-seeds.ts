export const seeds = `
`;
