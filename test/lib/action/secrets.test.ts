import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { detailsOf } from '../../../lib/action/action.js'
import { asRegistry } from '../../../lib/action/registry.js'
import { isSecret, secretName, withSent } from '../../../lib/action/secrets.js'
import { createActions } from '../../../lib/sealform.js'
import { testKey } from '../../setup/koa-app.js'

type Options = Parameters<ReturnType<typeof createActions>['define']>[1]

function define(options: Exclude<Options, (...args: never) => unknown> | object) {
  const action = createActions({ keys: testKey }).define('act', { run: async () => {}, ...options })
  const details = detailsOf(action)
  assert.ok(details)
  return details.definition
}

function secretsAmong(names: readonly string[], options: object = {}): readonly string[] {
  const definition = define(options)
  return names.filter((name) => isSecret(definition, name))
}

describe('a name', () => {
  it('is secret when it ends like the name of a password or code', () => {
    const names = [
      ...['password', 'Password', 'PASSWORD', 'passwd', 'pwd', 'pw', 'pass', 'user_pass', 'user[pass]'],
      ...[
        'new-password',
        'current-password',
        'newPassword',
        'userpassword',
        'user.password',
        'user[password]',
      ],
      ...['passwordAgain', 'password_confirmation', 'password2', 'password-repeat', 'confirmPassword'],
      ...['user.password.confirmation', 'passwords[password]', 'password[0]', 'password[]'],
      ...[
        'passphrase',
        'passcode',
        'accessPasscode',
        'pin',
        'cardPin',
        'card-pin',
        'cardPIN',
        'pin2',
        'rows[0].pin',
      ],
      ...['cvc', 'cvv', 'cvc2', 'card.csc', 'otp', 'totp', 'clientSecret', 'secret'],
      ...[
        'passwort',
        'kennwort',
        'contraseña',
        'contrasena',
        'mot_de_passe',
        'motDePasse',
        'senha',
        'wachtwoord',
      ],
    ]
    assert.deepEqual(secretsAmong(names), names)
  })

  it('is secret when one of its keys starts with "_"', () => {
    const names = ['_', '_note', '_card.number', 'card._number', 'card[_number]', 'rows[0]._trap']
    assert.deepEqual(secretsAmong(names), names)
  })

  it('is not secret when it only resembles such a name', () => {
    const names = [
      ...[
        'passport',
        'compass',
        'bypass',
        'boardingPass',
        'passenger',
        'passage',
        'passwordHint',
        'password.hint',
      ],
      ...[
        'passwordResetEmail',
        'pinned',
        'spin',
        'opinion',
        'shipping',
        'pincode',
        'pin_code',
        'pinLabel',
        'secretary',
      ],
      ...['secrets_of_success', 'cvs', 'hotpot', 'code', 'token', 'text', '', 'snake_case', 'ends_', 'a[0]'],
    ]
    assert.deepEqual(secretsAmong(names), [])
  })

  it('is judged in linear time', () => {
    const long = [`password${'1'.repeat(200_000)}x`, 'pin again '.repeat(20_000), `a${'[1]'.repeat(60_000)}`]
    const start = performance.now()
    secretsAmong(long, { secrets: ['code'] })
    assert.ok(performance.now() - start < 2000)
  })
})

describe('the option "secrets"', () => {
  it('declares a field, in all its spellings, and everything below it', () => {
    const secrets = ['code', 'card', 'rows[].key', 'user[answer]', 'tags[]']
    const found = secretsAmong(
      [
        ...[
          'code',
          'code[]',
          'code[0]',
          'card',
          'card.number',
          'card[number]',
          'rows[0].key',
          'rows[17][key]',
        ],
        ...['user.answer', 'user[answer][0]', 'tags', 'tags[]', 'tags[3]'],
        ...['codes', 'my.code', 'cards', 'rows[0].name', 'rows', 'user.answers', 'user', 'answer'],
      ],
      { secrets, limits: { depth: 4 } },
    )
    assert.deepEqual(found, [
      ...['code', 'code[]', 'code[0]', 'card', 'card.number', 'card[number]', 'rows[0].key', 'rows[17][key]'],
      ...['user.answer', 'user[answer][0]', 'tags', 'tags[]', 'tags[3]'],
    ])
  })

  it('holds for flat names as well', () => {
    assert.deepEqual(secretsAmong(['a.b', 'a.b.c', 'a', 'x y', 'x'], { secrets: ['a.b', 'x y'] }), [
      'a.b',
      'a.b.c',
      'x y',
    ])
  })

  it('is refused when it is not a list of field names', () => {
    const refuses = (secrets: unknown, message: RegExp, more: object = {}) =>
      assert.throws(() => define({ secrets, ...more }), { code: 'ERR_OPTION_INVALID', message })
    refuses('code', /actions\.define\('act'\): "secrets" must be an array of field names, such as \['pin'\]/)
    refuses({ code: true }, /must be an array/)
    refuses([1n], /"secrets": 1n is not the name of a field/)
    refuses([''], /"secrets": '' is not the name of a field/)
    refuses(['[0]'], /"secrets": '\[0\]' is not the name of a field/)
    refuses(['sealform.state'], /"secrets": 'sealform.state' starts with "sealform", which is reserved/)
    refuses(['scan'], /'scan' is also in "files"/, { files: { scan: {} } })
    for (const name of ['a[', 'a..b', '.a', 'a[][].b', 'constructor']) {
      refuses([name], /is not a path; write names such as "card.pin" or "items\[\].pin"/, {
        limits: { depth: 3 },
      })
    }
    assert.throws(() => define({ secret: ['code'] }), /has no option "secret"; did you mean "secrets"\?/)
  })
})

describe('a schema', () => {
  it('declares what zod marks with "writeOnly" or the format "password"', () => {
    const names = ['word', 'answer', 'age', 'again', 'late', 'name', 'other']
    const found = secretsAmong(names, {
      input: z.object({
        word: z.string().min(8).meta({ format: 'password' }),
        answer: z.string().meta({ writeOnly: true }).optional(),
        age: z.coerce.number().meta({ writeOnly: true }),
        again: z.preprocess((text) => text, z.string()).meta({ format: 'password' }),
        late: z
          .string()
          .meta({ format: 'password' })
          .transform((text) => text.trim())
          .default('x'),
        name: z.string().meta({ format: 'email' }),
      }),
    })
    assert.deepEqual(found, ['word', 'answer', 'age', 'again', 'late'])
  })

  it('declares what valibot and arktype mark', () => {
    const names = ['word', 'answer', 'name']
    const marked = { format: 'password' } as const
    const valibot = v.object({
      word: v.pipe(v.string(), v.metadata(marked), v.minLength(3)),
      answer: v.optional(v.pipe(v.string(), v.metadata({ writeOnly: true }))),
      name: v.string(),
    })
    assert.deepEqual(secretsAmong(names, { input: toStandardJsonSchema(valibot) }), ['word', 'answer'])
    const word = type('string').configure({ format: 'password', writeOnly: true } as object)
    assert.deepEqual(secretsAmong(names, { input: type({ word, name: 'string' }) }), ['word'])
  })

  it('declares nested fields down to the depth limit', () => {
    const input = z.object({
      card: z.object({ number: z.string().meta({ writeOnly: true }), holder: z.string() }),
      rows: z.array(z.object({ key: z.string().meta({ format: 'password' }), name: z.string() })),
      codes: z.array(z.string().meta({ writeOnly: true })),
      vault: z.object({ a: z.string() }).meta({ writeOnly: true }),
    })
    const names = [
      'card.number',
      'card[number]',
      'card.holder',
      'rows[3].key',
      'rows[3].name',
      'codes[]',
      'vault.a',
    ]
    assert.deepEqual(secretsAmong(names, { input, limits: { depth: 3 } }), [
      ...['card.number', 'card[number]', 'rows[3].key', 'codes[]', 'vault.a'],
    ])
  })

  it('is searched down to the depth limit when it refers to itself', () => {
    const Node = z.object({
      word: z.string().meta({ format: 'password' }),
      label: z.string(),
      get children(): z.ZodOptional<z.ZodArray<typeof Node>> {
        return z.optional(z.array(Node))
      },
    })
    const names = ['word', 'children[0].word', 'children[0].children[2].word', 'children[0].label']
    assert.deepEqual(secretsAmong(names, { input: Node, limits: { depth: 8 } }), names.slice(0, 3))
  })

  it('is refused when it marks secrets and has more fields than can be searched', () => {
    const properties = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`p${i}`, { $ref: '#' }]))
    const json = {
      type: 'object',
      properties: { ...properties, word: { type: 'string', format: 'password' } },
    }
    const input = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: unknown) => ({ value }),
        jsonSchema: { input: () => json },
      },
    }
    assert.throws(() => define({ input, limits: { depth: 8 } }), {
      code: 'ERR_OPTION_INVALID',
      message: /Remove the marks and name the fields in "secrets"/,
    })
    assert.deepEqual(secretsAmong(['word', 'p1'], { input, limits: { depth: 1 } }), ['word'])
  })
})

describe('a submission', () => {
  it('adds the fields that it sent as secrets, in all their spellings', () => {
    const definition = define({ secrets: ['code'] })
    const known = withSent(definition, new Set(['door', 'card[number]', 'rows[0].key']))
    const secret = ['door', 'door[]', 'card.number', 'rows[3][key]', 'code', 'code.a', 'password']
    const names = [...secret, 'doors', 'door.bell', 'card', 'rows[0].name', 'constructor', '']
    assert.deepEqual(
      names.filter((name) => isSecret(known, name)),
      secret,
    )
    assert.deepEqual(
      names.filter((name) => isSecret(definition, name)),
      ['code', 'code.a', 'password'],
    )
    assert.equal(withSent(definition, undefined), definition)
  })

  it('is judged in linear time with any number of such fields', () => {
    const names = Array.from({ length: 50_000 }, (_, i) => `field${i}`)
    const known = withSent(define({}), new Set(names))
    const start = performance.now()
    assert.ok(names.every((name) => isSecret(known, name) && !isSecret(known, `${name}.x`)))
    assert.ok(performance.now() - start < 5000)
  })
})

describe('the control of a secret', () => {
  it('has the name of its field when that is known as secret, and a prefixed name otherwise', () => {
    const definition = define({ secrets: ['card'] })
    const names = ['password', '_note', 'card.number', 'door', 'rows[0].key'].map((name) =>
      secretName(definition, name),
    )
    assert.deepEqual(names, [
      ...['password', '_note', 'card.number', 'sealform.secret.door', 'sealform.secret.rows[0].key'],
    ])
  })
})

describe('a registry', () => {
  it('knows the secrets of all its actions, for a form with an unknown action', () => {
    const actions = createActions({ keys: testKey })
    actions.define('a', { secrets: ['code'], run: async () => {} })
    actions.define('b', {
      input: z.object({ word: z.string().meta({ format: 'password' }) }),
      run: async () => {},
    })
    const registry = asRegistry(actions, 'test')
    assert.deepEqual(
      ['code', 'word', 'password', 'text'].filter((name) => isSecret(registry, name)),
      ['code', 'word', 'password'],
    )
  })
})
