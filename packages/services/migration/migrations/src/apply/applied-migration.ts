export interface AppliedMigration {
  stem: string;
  name: string;
  milliseconds: number;
}
