/** How actions inside values travel: by name, with the values bound to them. */
export interface ActionReferences {
  describe(value: unknown): { name: string; values: readonly unknown[] } | undefined
  restore(name: string, values: readonly unknown[]): unknown
}
