import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium as playwrightChromium } from 'playwright-core'

/** A system program that tests need. */
export interface Program {
  readonly title: string
  /** Its names in the search path, the best one first. */
  readonly names: readonly string[]
  /** Other possible locations. */
  readonly places: readonly string[]
  /** The environment variable that names it. */
  readonly variable: string
  /** The Debian package. */
  readonly package: string
  /** The command with which a person can install it. */
  readonly command: string
  /** Whether the tests of a file need it; the path begins with `test/`. */
  readonly neededBy: (path: string) => boolean
}

/** The whole browser: it alone can keep pages for the way back. */
export const chromium: Program = {
  title: 'Chromium',
  names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  places: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/snap/bin/chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    playwrightChromium.executablePath(),
  ],
  variable: 'CHROMIUM_PATH',
  package: 'chromium',
  command: 'npx playwright-core install --with-deps chromium',
  neededBy: (path) => /^test\/(browser\/order|client\/history)\.test\.ts$/.test(path),
}

/** The same engine without a window, which takes a quarter of the processor time; or the whole browser in its place. */
export const headlessChromium: Program = {
  ...chromium,
  names: ['chromium-headless-shell', ...chromium.names],
  package: 'chromium-headless-shell',
  neededBy: (path) => /^test\/(browser|client|p?react|site|examples\/p?react\.)/.test(path),
}

export const redis: Program = {
  title: 'Redis',
  names: ['redis-server', 'valkey-server'],
  places: ['/opt/homebrew/bin/redis-server'],
  variable: 'REDIS_SERVER_PATH',
  package: 'redis-server',
  command: 'sudo apt-get install redis-server (on macOS: brew install redis)',
  neededBy: (path) => /redis|servers/.test(path),
}

export const nginx: Program = {
  title: 'nginx',
  names: ['nginx'],
  places: ['/opt/homebrew/bin/nginx'],
  variable: 'NGINX_PATH',
  package: 'nginx-light',
  command: 'sudo apt-get install nginx-light (on macOS: brew install nginx)',
  neededBy: (path) => /nginx|proxies|servers|client\/resume/.test(path),
}

export const programs: readonly Program[] = [headlessChromium, chromium, redis, nginx]

/**
 * Finds the program that the environment variable names, or an installed one.
 *
 * @throws Error when the variable names a file that does not exist
 */
export function findProgram({ names, places, variable }: Program): string | undefined {
  const chosen = process.env[variable]
  if (chosen) {
    if (existsSync(chosen)) return chosen
    throw new Error(`${variable} is ${chosen}, and there is no such file.`)
  }
  return [...onPath(names), ...places].find((path) => existsSync(path))
}

/** Finds the program for a test, and throws when it is not installed. */
export function requireProgram(program: Program): string {
  const path = findProgram(program)
  if (path) return path
  throw new Error(howToGet(program))
}

/**
 * Finds the program, or installs the Debian package where that needs no password.
 *
 * @throws Error that says how to install it, with the output of apt-get when that failed
 */
export function provideProgram(program: Program): void {
  if (findProgram(program)) return
  if (isDebian() && process.getuid?.() === 0) {
    console.log(`The tests need ${program.title}, which is not here; installing it.`)
    aptGet('update')
    aptGet('install', '-y', '--no-install-recommends', program.package)
  }
  requireProgram(program)
}

function howToGet({ title, command, variable }: Program): string {
  return `The tests need ${title}. Install it with: ${command}\nor set ${variable} to the one you have.`
}

function onPath(names: readonly string[]): string[] {
  // Servers are in the administrator's directories, which other users seldom have in their search path.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin', '/usr/local/sbin']
  return names.flatMap((name) => folders.map((folder) => join(folder, name)))
}

/** Says whether this is Debian. Ubuntu is not enough: its Chromium package only refers to a snap. */
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
    // In runlevel 1, Debian installs a service without starting it. Tests start their own, on their own ports.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  })
  if (status === 0) return
  const printed = error ? String(error) : stdout + stderr
  throw new Error(`apt-get ${args.join(' ')} failed:\n${printed}`)
}
