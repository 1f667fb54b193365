/** A file field's value, as the types of `FormData` define it. */
export type FormFile = Exclude<ReturnType<FormData['get']>, string | null>

/** One field of a submission: its name and its value. */
export type Entry = readonly [name: string, value: string | FormFile]
