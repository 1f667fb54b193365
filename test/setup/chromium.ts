import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'

/** What a person can type where Chromium cannot be installed without asking. */
export const installCommand = 'npx playwright-core install --with-deps chromium'

/**
 * The browser that the tests drive: the one that `CHROMIUM_PATH` names, else one that is installed.
 *
 * @throws Error when `CHROMIUM_PATH` names a file that is not there
 */
export function findChromium(): string | undefined {
  const chosen = process.env.CHROMIUM_PATH
  if (chosen) {
    if (existsSync(chosen)) return chosen
    throw new Error(`CHROMIUM_PATH is ${chosen}, and there is no such file.`)
  }
  return [...onPath(), ...applications, chromium.executablePath()].find((path) => existsSync(path))
}

/** The same for a test, which cannot go on without. */
export function requireChromium(): string {
  const path = findChromium()
  if (path) return path
  throw new Error(`No Chromium found. Install one with: ${installCommand}, or set CHROMIUM_PATH.`)
}

/**
 * Installs Debian's Chromium, where that needs nobody's password.
 *
 * @returns whether it was tried; `false` on other systems and for other users than root
 * @throws Error with what apt-get printed, when it failed
 */
export function installChromium(): boolean {
  if (!isDebian() || process.getuid?.() !== 0) return false
  aptGet('update')
  aptGet('install', '-y', '--no-install-recommends', 'chromium')
  return true
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

const applications = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/snap/bin/chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

function onPath(): string[] {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin']
  return names.flatMap((name) => folders.map((folder) => join(folder, name)))
}

/** Ubuntu's package of this name is only a pointer to a snap, so likeness to Debian is not enough. */
function isDebian(): boolean {
  try {
    return /^ID=["']?debian["']?$/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

function aptGet(...args: string[]): void {
  const { status, stdout, stderr, error } = spawnSync('apt-get', args, {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  if (status === 0) return
  const printed = error ? String(error) : stdout + stderr
  throw new Error(`apt-get ${args.join(' ')} failed:\n${printed}`)
}
