/** The names that browser and server share. Field names that start with `sealform` are reserved. */
export const fieldNames = {
  /** The seal: the first field of every form. */
  seal: 'sealform',
  /** On a button: a seal that overrides the form's. As a prefix of a name, where the value cannot carry it. */
  submit: 'sealform.submit',
  /** On a button: the form is to be checked, and nothing more. */
  validate: 'sealform.validate',
  /** The id of the submitted form, in clear, used only to give input back. */
  form: 'sealform.form',
  /** The state that a form carries. */
  state: 'sealform.state',
  /** Before the name of a file field: the reference to a file of an earlier submission. */
  kept: 'sealform.kept.',
  /** Before the name of a file field: which of those the visitor wants to be removed. */
  drop: 'sealform.drop.',
} as const

/** Headers by which a client asks for validation alone, with the names of fields or none. */
export const validateHeaders = ['Sealform-Validate', 'X-Up-Validate'] as const

/** Headers by which a client asks for one region, in the order in which they are looked at. */
export const regionHeaders = ['Sealform-Region', 'Turbo-Frame', 'HX-Target', 'X-Up-Target'] as const
