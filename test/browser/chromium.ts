import { type Browser, chromium } from 'playwright-core'
import { chromium as program, requireProgram } from '../setup/programs.js'

/** Starts a headless Chromium that talks to nobody but the pages under test. */
export async function launchChromium(...more: readonly string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: requireProgram(program),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  })
}
