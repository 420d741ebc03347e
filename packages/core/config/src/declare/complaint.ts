/** What is wrong with a text, as the end of a sentence that begins with its name: `is absolute`. */
export class Complaint {
  readonly text: string;
  /** What to do about it, pasteable where possible. */
  readonly remedy: string | undefined;

  constructor(text: string, remedy?: string) {
    this.text = text;
    this.remedy = remedy;
  }
}
