import type { Node } from 'libpg-query';
import { dotted } from './paths.ts';

/** Values that the running transaction has added to enums which were there before it, and may not use. */
export class EnumValues {
  readonly #added: { type: string; value: string }[] = [];

  /** `isNewType`: of a type that the transaction made, whose values may be used. */
  observe(node: Node, isNewType: (type: string) => boolean): void {
    if (!('AlterEnumStmt' in node)) return;
    const { typeName, oldVal, newVal } = node.AlterEnumStmt;
    const type = dotted(typeName);
    if (oldVal === undefined && newVal !== undefined && !isNewType(type)) this.#added.push({ type, value: newVal });
  }

  endTransaction(): void {
    this.#added.length = 0;
  }

  get added(): readonly { type: string; value: string }[] {
    return this.#added;
  }
}
