/** What a task says to people while it works; all of it goes to stderr and the log. */
export interface Talk {
  /** What happens now; hidden by --quiet. */
  info(text: string): void;
  /** Shown with --verbose only; always in the log. */
  detail(text: string): void;
  /** Something a person should know though it does not stop the task; shown also with --quiet. */
  warn(text: string): void;
  /** Shows how far a long piece of work is: a moving line on a terminal, a plain line now and then elsewhere. */
  progress(label: string, unit: string, total?: number): Progress;
}

export interface Progress {
  /** `done` so far, in the unit; not a difference. */
  update(done: number): void;
  /** Takes the moving line away. */
  end(): void;
}
