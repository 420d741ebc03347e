export const deployment = `
`;
