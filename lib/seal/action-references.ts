/** Converts actions inside bound values: they travel as their name and the values bound to them. */
export interface ActionReferences {
  describe(value: unknown): { name: string; values: readonly unknown[] } | undefined
  restore(name: string, values: readonly unknown[]): unknown
}
