import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { describe, it } from 'node:test'
import { compile, root } from './project.js'

/** Declarations that the examples use. */
const scenery = `
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type * as sealform from 'sealform'
import type { Action, Actions, Cookies } from 'sealform'
import type { SealformContext } from 'sealform/koa'
import type { RedisClient } from 'sealform/redis'
declare global {
  const req: IncomingMessage
  const db: { has(id: string): Promise<boolean>; remove(id: string): Promise<void> }
  const list: { id: string; owner: string }
  const listId: string
  const title: string
  const user: string
  const cookies: Cookies
  const createActions: typeof sealform.createActions
  const redirect: typeof sealform.redirect
  const unauthorized: typeof sealform.unauthorized
  const todos: { title: string }[]
  const actions: Actions
  const client: RedisClient
  const addTodo: Action<unknown, unknown, [listId: string]>
  const removeTodo: Action<unknown, unknown, [listId: string]>
  const ctx: SealformContext & { body: unknown; headers: IncomingHttpHeaders }
}
`

describe('the examples in docstrings', () => {
  it('compile under strict settings', () => {
    const files = new Map([['scenery.ts', scenery]])
    for (const folder of ['lib', 'middleware', 'views']) {
      const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      for (const name of names.filter((name) => name.endsWith('.ts'))) {
        const source = readFileSync(join(root, folder, name), 'utf8')
        for (const [i, example] of examplesIn(source).entries()) {
          const module = `../../${folder}/${name.replaceAll(sep, '/').replace(/\.ts$/, '.js')}`
          files.set(
            `${folder}-${name.replace(/\.ts$/, '').replaceAll(sep, '-')}-${i}.ts`,
            moduleOf(example, source, module),
          )
        }
      }
    }
    assert.ok(files.size > 10)
    assert.equal(compile('docstrings', files).output, '')
  })
})

function examplesIn(source: string): string[] {
  return [...source.matchAll(/^ *\* @example\n *\* ```ts\n([\s\S]*?)^ *\* ```$/gm)].map(([, code]) =>
    code!.replace(/^ *\* ?/gm, ''),
  )
}

/** Turns an example into a module that imports the exports of its own file. Code with `return` goes into a function. */
function moduleOf(example: string, source: string, module: string): string {
  // A function with an overload is exported once.
  const declared = source.matchAll(/^export (?:async function|function|const|class|interface|type) (\w+)/gm)
  const names = [...new Set([...declared].map(([, name]) => name!))].filter((name) =>
    new RegExp(`\\b${name}\\b`).test(example),
  )
  const code = /\breturn\b/.test(example)
    ? `export async function example() {\n${example}}\n`
    : `${example}export {}\n`
  const imports = [
    "import { readFileSync } from 'node:fs'",
    "import { createServer } from 'node:http'",
    "import express from 'express'",
    "import Koa from 'koa'",
    `import { ${names.join(', ')} } from '${module}'`,
  ]
  return `${imports.join('\n')}\n${code}`
}
