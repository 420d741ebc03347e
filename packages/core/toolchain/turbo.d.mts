/** Absolute path of this checkout. */
export const root: string;
/** Where the pinned pnpm is. */
export const pnpmBin: string;
/** PATH with the pinned Node, pnpm and the workspace's tools first. */
export function toolPath(path: string | undefined): string;
/** Absolute path of the native turbo program. */
export function turbo(): string;
