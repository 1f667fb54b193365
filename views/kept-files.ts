import { formatSize } from '../lib/base/units.js'
import { fieldNames } from '../lib/base/wire-names.js'
import { markOf, type ShownFile } from '../lib/files/uploads.js'
import type { Messages } from '../lib/outcome/messages.js'
import { escapeHtml } from './escape-html.js'
import { printHidden } from './hidden-field.js'

/** Prints the files of one field that wait on the server: each with its name, its size and a box to remove it. */
export function printKeptList(files: readonly ShownFile[], id: string, messages: Messages): string {
  const items = files.map((file) => {
    const text = messages.keptFile(file.name, formatSize(file.size))
    const box = `<input type="checkbox" name="${escapeHtml(fieldNames.drop + file.field)}" value="${markOf(file)}">`
    return `<li>${escapeHtml(text)} <label>${box} ${escapeHtml(messages.removeFile(file.name))}</label></li>`
  })
  return `<ul class="sealform-kept" id="${escapeHtml(id)}">${items.join('')}</ul>`
}

/** Prints the hidden field that refers to a file. */
export function printReference(field: string, reference: string): string {
  return printHidden(fieldNames.kept + field, reference)
}
