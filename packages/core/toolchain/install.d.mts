/** The words after `pnpm` with which npm start and npm test install. */
export const installing: readonly string[];
