import { type Browser, chromium } from 'playwright-core'
import { chromium as program, requireProgram } from '../setup/programs.js'

/** Starts a headless Chromium that talks to nobody but the pages under test. */
export async function launchChromium(...more: readonly string[]): Promise<Browser> {
  return chromium.launch({ executablePath: requireProgram(program), args: [...args, ...more] })
}

/**
 * The same with pages kept as they were for the way back, as browsers do for people. Playwright switches that off, and
 * waits in vain for a page that is taken out to load: use `goBack({ waitUntil: 'commit' })`.
 */
export async function launchChromiumThatKeepsPages(): Promise<Browser> {
  const ignoreDefaultArgs = ['--disable-back-forward-cache']
  return chromium.launch({ executablePath: requireProgram(program), ignoreDefaultArgs, args: [...args] })
}

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
