/** The result of an action's `migrate()` for a page that was rendered for another version. */
export interface Migration<Bound extends readonly unknown[] = readonly unknown[]> {
  /** The bound values for this version. @default those of the page */
  bound?: readonly [...Bound]
  /**
   * Converts the fields of the page to those that this version expects. Change the `FormData` argument, or return
   * another one. The schema validates the result. Files are not included and stay as they are.
   * @default the fields of the page
   */
  formData?(formData: FormData): FormData | undefined | Promise<FormData | undefined>
}
