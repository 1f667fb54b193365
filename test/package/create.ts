import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, it } from 'node:test'
import { type Choices, choiceNames, choices } from '../../create/choices.js'
import { versions } from '../../create/manifest.js'
import { freePort } from '../setup/free-port.js'
import { provesInFull } from '../setup/proofs.js'
import { householdOf } from './installed.js'
import { root } from './packed.js'
import { run } from './run.js'
import { serve, submit } from './serve.js'

const program = join(root, 'create', 'dist', 'main.js')

function create(args: readonly string[], allowed: readonly number[] = [0]) {
  return run(process.execPath, [program, ...args], { cwd: householdOf('created'), allowed })
}

const all = Object.keys(choices.framework.values).flatMap((framework) =>
  Object.keys(choices.language.values).flatMap((language) =>
    Object.keys(choices.pages.values).map((pages) => ({ framework, language, pages }) as Choices),
  ),
)

/** Half of the apps, which together hold each pair of choices: those whose numbers, counted from 0, have an even sum. */
const sample = all.filter((app) => {
  const numbers = choiceNames.map((name) => Object.keys(choices[name].values).indexOf(app[name]))
  return numbers.reduce((sum, number) => sum + number) % 2 === 0
})

describe('an app that npm create sealform wrote', { concurrency: 3 }, () => {
  for (const { framework, language, pages } of provesInFull ? all : sample) {
    it(`passes its test, starts and takes a form: ${framework}, ${language}, ${pages}`, async () => {
      const name = `${framework}-${language}-${pages}`
      const { stdout } = await create([name, `--${framework}`, `--${language}`, `--${pages}`])
      assert.match(stdout, new RegExp(`cd ${name}\n {2}npm install\n {2}npm start\n`))
      const folder = join(householdOf('created'), name)
      const { stdout: tested } = await runScript(folder, 'test')
      assert.match(tested, /\bpass 3\b/)
      if (language === 'typescript') await runScript(folder, 'types')
      await useGuestbook(folder)
    })
  }
})

/** Runs a script of an app by a shell, as npm does; in the full proofs by npm. */
function runScript(folder: string, name: string) {
  if (provesInFull) return run('npm', ['run', name], { cwd: folder })
  const commands = join(root, 'node_modules', '.bin')
  const env = { PATH: `${commands}${delimiter}${process.env.PATH ?? ''}` }
  return run('sh', ['-c', String(manifestIn(folder).scripts[name])], { cwd: folder, env })
}

async function useGuestbook(folder: string): Promise<void> {
  const { scripts } = manifestIn(folder)
  const [command = '', ...args] = String(scripts.start).split(' ')
  const server = await serve(command, args, { cwd: folder, env: { PORT: String(await freePort()) } })
  try {
    const page = await (await fetch(server.url)).text()
    const fields = { name: 'Grace & <b>Co</b>', text: '' }
    const refused = await submit(server.url, page, fields)
    assert.equal(refused.status, 422)
    const again = await refused.text()
    assert.match(again, /<title>Error: Guestbook<\/title>/)
    assert.match(again, /Write something/)
    assert.match(again, /value="Grace &amp; &lt;b&gt;Co&lt;\/b&gt;"/)
    assert.equal((await submit(server.url, again, { ...fields, text: 'Hello' })).status, 303)
    const signed = await (await fetch(server.url)).text()
    assert.match(signed, /<li>Grace &amp; &lt;b&gt;Co&lt;\/b&gt;: Hello /)
    assert.match(signed, /aria-label="Remove Hello"/)
  } finally {
    await server.stop()
  }
}

describe('npm create sealform', () => {
  it('writes a key of its own for each app, which only the owner reads and git does not see', async () => {
    const keys = await Promise.all(
      ['one', 'two'].map(async (name) => {
        await create([name, '--yes'])
        const file = join(householdOf('created'), name, '.env')
        if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600)
        const ignored = readFileSync(join(householdOf('created'), name, '.gitignore'), 'utf8')
        assert.match(ignored, /^\.env$/m)
        return /^SEALFORM_KEYS=(.*)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? ''
      }),
    )
    for (const key of keys) assert.equal(Buffer.from(key, 'base64').length, 32)
    assert.notEqual(keys[0], keys[1])
  })

  it('asks nothing where nobody can answer', async () => {
    await create(['unasked'])
    assert.deepEqual(Object.keys(manifestIn(join(householdOf('created'), 'unasked')).dependencies), [
      '@koa/router',
      'koa',
      'sealform',
      'tsx',
      'zod',
    ])
  })

  it('makes a name for the package out of any folder', async () => {
    await create(['My Shop (new)', '--yes'])
    assert.equal(manifestIn(join(householdOf('created'), 'My Shop (new)')).name, 'my-shop-new')
  })

  it('writes nothing into a folder with files, and into none for a wrong flag', async () => {
    const folder = join(householdOf('created'), 'full')
    mkdirSync(folder)
    writeFileSync(join(folder, 'mine.txt'), 'mine')
    const taken = await create(['full', '--yes'], [1])
    assert.equal(taken.stderr, 'full is not empty. Choose another folder.\n')
    assert.deepEqual(readdirSync(folder), ['mine.txt'])
    const wrong = await create(['other', '--vue'], [1])
    assert.match(wrong.stderr, /^Unknown flag --vue\. The flags are /)
    assert.ok(!readdirSync(householdOf('created')).includes('other'))
    const file = await create(['full/mine.txt', '--yes'], [1])
    assert.match(file.stderr, /mine\.txt is not a folder\.\n$/)
  })

  it('explains its flags', async () => {
    const { stdout } = await create(['--help'])
    for (const { values } of Object.values(choices)) {
      for (const flag of Object.keys(values)) assert.ok(stdout.includes(`--${flag}`), flag)
    }
  })

  it('asks for the versions that this repository is tested with', () => {
    const own = manifestIn(root)
    const known: Readonly<Record<string, string>> = { ...own.devDependencies, sealform: `^${own.version}` }
    assert.deepEqual(versions, Object.fromEntries(Object.keys(versions).map((name) => [name, known[name]])))
    assert.equal(manifestIn(join(root, 'create')).version, own.version)
  })

  it('packs its program and its templates', async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
      cwd: join(root, 'create'),
    })
    const [report]: { files: { path: string }[] }[] = JSON.parse(stdout)
    const files = report?.files.map(({ path }) => path) ?? []
    for (const file of ['dist/main.js', 'template/gitignore', 'template/src/actions.js']) {
      assert.ok(files.includes(file), file)
    }
    assert.ok(!files.some((path) => path.endsWith('.ts')))
  })
})

interface Manifest {
  readonly name: string
  readonly version: string
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}
