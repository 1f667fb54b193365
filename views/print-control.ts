import { printAttributes } from './attributes.js'
import { type Choice, choiceOf, type SelectOption } from './choice.js'
import type { SelectParts, TextareaParts } from './control-parts.js'
import { escapeHtml } from './escape-html.js'

/** Prints a whole `textarea`. An HTML parser drops the first newline in it: the one that is added here. */
export function printTextarea({ attributes, text }: TextareaParts): string {
  return `<textarea ${printAttributes(attributes)}>\n${escapeHtml(text)}</textarea>`
}

/** Prints a whole `select`. */
export function printSelect({ attributes, chosen }: SelectParts, options: readonly SelectOption[]): string {
  const choices = options.map((option) => printOption(choiceOf(option), chosen))
  return `<select ${printAttributes(attributes)}>${choices.join('')}</select>`
}

function printOption({ value, label, disabled }: Choice, chosen: ReadonlySet<string>): string {
  const attributes = printAttributes({ value, selected: chosen.has(value), disabled })
  return `<option ${attributes}>${escapeHtml(label)}</option>`
}
