import { createInterface } from 'node:readline/promises'
import { type Choices, choiceNames, choices } from './choices.js'
import { UsageError } from './read-arguments.js'

interface Terminal {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
}

export interface Answers {
  readonly folder: string
  readonly choices: Choices
}

/**
 * Asks for the folder and for every choice. Enter takes the default; an answer may be a number, or the beginning of a name.
 *
 * @throws UsageError when the input ends before the last answer
 */
export async function ask(terminal: Terminal, folder: string | undefined): Promise<Answers> {
  const lines = createInterface(terminal)
  const ended = new Promise<never>((_, reject) => {
    lines.once('close', () => reject(new UsageError('Stopped. Nothing was written.')))
  })
  ended.catch(() => {})
  const question = (text: string) => Promise.race([lines.question(text), ended])
  try {
    const place = folder ?? ((await question('Folder (my-app): ')).trim() || 'my-app')
    const chosen: Partial<Record<keyof Choices, string>> = {}
    for (const name of choiceNames) chosen[name] = await choose(name, question, terminal.output)
    return { folder: place, choices: chosen as Choices }
  } finally {
    lines.close()
  }
}

async function choose(
  name: keyof Choices,
  question: (text: string) => Promise<string>,
  output: NodeJS.WritableStream,
): Promise<string> {
  const { about, values } = choices[name]
  const entries = Object.entries<string>(values)
  const list = entries.map(([, words], i) => `${i + 1} ${words}`).join(', ')
  for (;;) {
    const answer = (await question(`${about}: ${list} (1): `)).trim().toLowerCase()
    const found = entries.find(
      ([value, words], i) =>
        answer === String(i + 1) ||
        (answer !== '' && (value.startsWith(answer) || words.toLowerCase().startsWith(answer))),
    )
    if (answer === '') return entries[0]?.[0] ?? ''
    if (found) return found[0]
    output.write(`Type a number from 1 to ${entries.length}, or press Enter for ${entries[0]?.[1]}.\n`)
  }
}
