/** What a contender of the bench is asked to do with all hosts. */
export type Kind = 'first' | 'update' | 'nothing';

export interface Deployer {
  name: string;
  /** Not timed: packs this version; `first` takes everything from the hosts. */
  prepare(kind: Kind, version: number): Promise<void>;
  run(kind: Kind): Promise<void>;
  verify(version: number): Promise<void>;
}
