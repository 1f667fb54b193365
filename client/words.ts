/**
 * The texts that the script itself shows: from the `data-` attributes of its tag, which the server prints in the
 * language of the page, else in English. A bundle has no tag of its own.
 */
export const words = {
  lost: 'Not sent.',
  again: 'Send again',
  cancel: 'Cancel',
  done: 'Done.',
  ...document.currentScript?.dataset,
}
