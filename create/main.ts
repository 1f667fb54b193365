#!/usr/bin/env node
import { ask } from './ask.js'
import { defaults, describeChoices } from './choices.js'
import { help, readArguments, UsageError } from './read-arguments.js'
import { writeApp } from './write-app.js'

try {
  const given = readArguments(process.argv.slice(2))
  if (given.help) process.stdout.write(help)
  else await create(given)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function create(given: ReturnType<typeof readArguments>): Promise<void> {
  // A program that starts this one cannot answer.
  const asks = !given.flags && process.stdin.isTTY
  const { folder, choices } = asks
    ? await ask({ input: process.stdin, output: process.stdout }, given.folder)
    : { folder: given.folder ?? 'my-app', choices: { ...defaults, ...given.choices } }
  writeApp(folder, choices)
  const place = /[^\w./-]/.test(folder) ? JSON.stringify(folder) : folder
  console.log(`
Wrote an app into ${folder}: ${describeChoices(choices)}.
${folder === '.' ? '' : `\n  cd ${place}`}
  npm install
  npm start

Then open http://localhost:3000 and send the form.`)
}
