import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type ConfigData, HtmlValidate, StaticConfigLoader } from 'html-validate'
import type { Page } from 'playwright-core'

/** It takes longer to make than to use. */
let validator: HtmlValidate | undefined

/** Checks HTML as the server sent it. Returns what is not valid. */
export async function mistakesIn(html: string): Promise<string[]> {
  validator ??= new HtmlValidate(new StaticConfigLoader(htmlRules))
  const { results } = await validator.validateString(html)
  return results
    .flatMap((result) => result.messages)
    .filter((found) => !isOnPurpose(found))
    .map(({ line, ruleId, message }) => `line ${line}: ${ruleId}: ${message}`)
}

/** Loads axe into the page that is open. The page must run scripts. */
export async function openAxe(page: Page): Promise<void> {
  await page.evaluate(axeSource)
}

interface AxeViolation {
  readonly id: string
  readonly help: string
  readonly nodes: readonly { readonly html: string }[]
}

/** Runs axe, which `openAxe` has loaded. */
export async function violationsOn(page: Page, options = '{}'): Promise<string[]> {
  const found = await page.evaluate<AxeViolation[]>(
    `axe.run({ ...${options}, resultTypes: ['violations'] }).then((result) => result.violations)`,
  )
  return found.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(' ')}`)
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * Tells what the validator reports of our hidden fields and is meant so. Several kept files of a field are hidden fields of one
 * name, which the rule permits only for boxes and buttons. For `autocomplete` see docs/decisions/hidden-fields.md.
 */
function isOnPurpose({ ruleId, message }: { readonly ruleId: string; readonly message: string }): boolean {
  return (
    (ruleId === 'form-dup-name' && message.includes('"sealform.kept.')) ||
    (ruleId === 'valid-autocomplete' && message === '"off" cannot be used on <input type="hidden">')
  )
}

const htmlRules: ConfigData = {
  extends: ['html-validate:recommended'],
  rules: {
    // A matter of style: HTML parsers accept both.
    'doctype-style': ['error', { style: 'lowercase' }],
    // The rule wants ids that need no escaping in CSS; HTML allows everything but white space (section 3.2.6).
    'valid-id': ['error', { relaxed: true }],
    // Checkboxes of one name are how HTML says "several of these"; the rule knows only names that end in [].
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'submit', 'button', 'reset'] }],
  },
}
