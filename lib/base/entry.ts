/** A file among the fields of a form, as the types of FormData have it. */
export type FormFile = Exclude<ReturnType<FormData['get']>, string | null>

/** A field of a submission with its value. */
export type Entry = readonly [name: string, value: string | FormFile]
