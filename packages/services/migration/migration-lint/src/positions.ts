/** Byte offsets of UTF-8, in which the parser counts, as lines and columns. */
export class Positions {
  readonly #bytes: Buffer;
  readonly #lineStarts: number[] = [0];
  readonly #firstLine: number;

  constructor(bytes: Buffer, firstLine: number) {
    this.#bytes = bytes;
    this.#firstLine = firstLine;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) this.#lineStarts.push(at + 1);
  }

  at(offset: number): { line: number; column: number } {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#lineStarts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    const before = this.#bytes.toString('utf8', this.#lineStarts[low], offset);
    return { line: this.#firstLine + low, column: [...before].length + 1 };
  }

  text(start: number, end: number): string {
    return this.#bytes.toString('utf8', start, end);
  }
}
