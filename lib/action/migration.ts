/** What `migrate()` of an action makes of a page that was rendered for another version. */
export interface Migration<Bound extends readonly unknown[] = readonly unknown[]> {
  /** The bound values that this version takes. @default those of the page */
  bound?: readonly [...Bound]
  /**
   * Turns the fields of the page into those that this version expects: it changes the `FormData` that it is given, or
   * returns another. The schema judges what comes out. Files are not among the fields, and stay as they are.
   * @default the fields of the page
   */
  formData?(formData: FormData): FormData | undefined | Promise<FormData | undefined>
}
