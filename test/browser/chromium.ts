import { type Browser, chromium } from 'playwright-core'
import { requireChromium } from '../setup/chromium.js'

/** Starts a headless Chromium that talks to nobody but the pages under test. */
export async function launchChromium(...more: readonly string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: requireChromium(),
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
