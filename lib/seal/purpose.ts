/** What a subkey is used for. A token that was sealed for one purpose does not open with the subkey of another. */
export type Purpose =
  | 'action'
  | 'button'
  | 'state'
  | 'upload'
  | 'session'
  | 'path'
  | 'copy'
  | 'live'
  | 'resume'

export const purposes: readonly Purpose[] = [
  'action',
  'button',
  'state',
  'upload',
  'session',
  'path',
  'copy',
  'live',
  'resume',
]

/** The purposes of seals. The subkeys for bindings and for digests of copies do not seal. */
export type SealPurpose = Exclude<Purpose, 'session' | 'path' | 'copy'>
