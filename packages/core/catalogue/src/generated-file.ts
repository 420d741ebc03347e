export interface GeneratedFile {
  /** Relative to the project. */
  path: string;
  content: string;
}
